import { isUuid } from '../../platform/uuid.ts';

/** The id behind a name from outside: a UUID is its own, anything else is taken for a number. */
export const resolveId = async (
  name: string,
  findIdByNumber: (number: string) => Promise<string | undefined>,
): Promise<string | undefined> => (isUuid(name) ? name.toLowerCase() : findIdByNumber(name));
