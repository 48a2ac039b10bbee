/** Values that must be found in no log line, whatever is done with them. */
export const PLANTED = {
  email: 'eleni.planted@customer.example',
  name: 'Ελένη Πλάντεντ',
  street: 'Planted Street 1234567',
  phone: '+30 210 0001 987 654',
  text: 'planted: the key is under the mat',
  card: 'tok_planted_4242424242424242',
  url: 'https://planted-user:planted-password@shop.example/hook',
  agent: 'planted-user-agent/7.1',
  cookie: 'planted-cookie-0c7b5f',
} as const;

/** By parts of a field's name; any other text may be one as well. */
const BY_FIELD: readonly (readonly [field: RegExp, value: string])[] = [
  [/email/, PLANTED.email],
  [/name|recipient/, PLANTED.name],
  [/street|address/, PLANTED.street],
  [/phone/, PLANTED.phone],
  [/token/, PLANTED.card],
  [/url/, PLANTED.url],
];

/** What a person would write into a field of this name. */
export const plantedFor = (field: string): string =>
  BY_FIELD.find(([pattern]) => pattern.test(field))?.[1] ?? PLANTED.text;

const formsOf = (value: string): readonly string[] => [
  value,
  encodeURIComponent(value),
  new URLSearchParams({ '': value }).toString().slice(1),
  JSON.stringify(value).slice(1, -1),
];

/** Those of the values that a log tells, in whichever spelling. */
export const toldBy = (log: string, values: readonly string[]): readonly string[] =>
  values.flatMap(formsOf).filter((form) => log.includes(form));
