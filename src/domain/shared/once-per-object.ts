/** Works a value out once for each object. States never change, so what was worked out from one stays true. */
export const oncePerObject = <Argument extends object, Value>(
  make: (argument: Argument) => Value,
): ((argument: Argument) => Value) => {
  const known = new WeakMap<Argument, { readonly value: Value }>();
  return (argument) => {
    const found = known.get(argument);
    if (found !== undefined) return found.value;
    const value = make(argument);
    known.set(argument, { value });
    return value;
  };
};
