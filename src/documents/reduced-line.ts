import { finalPrice, type OrderLine } from '../domain/order/index.ts';
import { fractionOf, type Minor } from '../domain/shared/money.ts';

/** The tax in so much of a line's final price. */
export const taxIn = (line: OrderLine, amount: Minor): Minor => {
  const price = finalPrice(line);
  return price === 0 ? 0 : fractionOf(line.tax, amount, price);
};

/** A line whose final price was lowered: the tax in the reduction comes off its tax, the rest is one more discount. */
export const reducedLine = (line: OrderLine, reduction: Minor): OrderLine => {
  const tax = taxIn(line, reduction);
  return { ...line, discount: line.discount + reduction - tax, tax: line.tax - tax };
};
