const TELEPHONE = /^\+\d{8,15}$/;

/** Whether an id of a customer is itself personal data: an e-mail address or a telephone number. Such an id stays after an erasure. */
export const isPersonalId = (customerId: string): boolean => customerId.includes('@') || TELEPHONE.test(customerId);
