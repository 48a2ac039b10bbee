/** One of the merchant's services is unreachable, too slow, or its answer is unreadable. A retry may succeed. */
export class ServiceUnavailable extends Error {
  override readonly name = 'ServiceUnavailable';
  constructor(
    /** Name in messages, such as `cart` or `product`. */
    readonly service: string,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(`the ${service} service ${reason}`, options);
  }
}

/** One of the merchant's services rejected a request that should always succeed. An operator must look at it. */
export class ServiceRejected extends Error {
  override readonly name = 'ServiceRejected';
  constructor(
    readonly service: string,
    readonly status: number,
  ) {
    super(`the ${service} service rejected the request with ${status}`);
  }
}
