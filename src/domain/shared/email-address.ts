/** Characters that would make it a list, a name with an address, or a quoted local part: mail servers split at them. */
const EMAIL = /^[^\s@<>()[\]\\,:;"\p{Cc}\p{Cf}]{1,64}@[^\s@<>()[\]\\,:;"\p{Cc}\p{Cf}]{1,190}$/u;

/** Whether it is one e-mail address, wherever it comes from: a body, a token, a service. */
export const isEmail = (text: string): boolean => EMAIL.test(text);
