/** One of the merchant's services cannot be reached, does not answer in time or answers nonsense. Time heals it. */
export class ServiceUnavailable extends Error {
  override readonly name = 'ServiceUnavailable';
  constructor(
    /** As people call it: `cart`, `product`. */
    readonly service: string,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(`the ${service} service ${reason}`, options);
  }
}

/** One of the merchant's services understood and said no where nobody expects it. Somebody has to look. */
export class ServiceRejected extends Error {
  override readonly name = 'ServiceRefused';
  constructor(
    readonly service: string,
    readonly status: number,
  ) {
    super(`the ${service} service refused with ${status}`);
  }
}
