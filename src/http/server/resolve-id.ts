const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The id behind a name from outside: a UUID is its own, anything else is taken for a number. */
export const resolveId = async (
  name: string,
  findIdByNumber: (number: string) => Promise<string | undefined>,
): Promise<string | undefined> => (UUID.test(name) ? name.toLowerCase() : findIdByNumber(name));
