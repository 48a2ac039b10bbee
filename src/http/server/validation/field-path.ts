/** `items[0].quantity` from a path and one more step. */
export const at = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);

/** `items[0].quantity` from the JSON pointer `/items/0/quantity`. */
export const fromPointer = (pointer: string): string =>
  pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((path, step) => (/^\d+$/.test(step) ? `${path}[${step}]` : at(path, step)), '');
