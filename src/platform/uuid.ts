/** A UUID in lower case, as a regular expression's source. */
export const UUID_PATTERN = '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$';

const UUID = new RegExp(UUID_PATTERN, 'i');
const LOWER_CASE_UUID = new RegExp(UUID_PATTERN);

/** Whether a text is a UUID, in any letter case. */
export const isUuid = (text: string): boolean => UUID.test(text);

/** Whether a text is a UUID as we write them. */
export const isLowerCaseUuid = (text: string): boolean => LOWER_CASE_UUID.test(text);
