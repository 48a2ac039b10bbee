import { v5 as uuidv5, parse as uuidBytes } from 'uuid';
import type { Address } from '../domain/shared/address.ts';
import { decimalsOf } from '../domain/shared/currency.ts';
import type { Currency, Minor } from '../domain/shared/money.ts';
import { randomOf, type Random } from './random.ts';

const SEED_IDS = uuidBytes('0b6a3d52-6a0e-5b0c-9a52-1f1d6b1f9d07');

/** Ids follow from the seed and from what they name. */
export const seedId = (seed: string, name: string): string => uuidv5(`${seed}/${name}`, SEED_IDS);

type Market = {
  readonly country: string;
  readonly currency: Currency;
  /** Of one euro. */
  readonly rate: number;
  readonly tax_rate: string;
  readonly cities: readonly [City, ...City[]];
  readonly given: readonly [string, ...string[]];
  readonly family: readonly [string, ...string[]];
};

type City = readonly [name: string, postal_code: string];

const HOME: Market = {
  country: 'DE',
  currency: 'EUR',
  rate: 1,
  tax_rate: '0.19',
  cities: [
    ['Berlin', '10115'],
    ['Hamburg', '20095'],
    ['Leipzig', '04109'],
    ['Köln', '50667'],
  ],
  given: ['Anna', 'Jonas', 'Emre', 'Lena', 'Mila', 'Felix', 'Jürgen'],
  family: ['Müller', 'Schmidt', 'Yılmaz', 'Weber', 'Wagner', 'Krüger'],
};

/** Where the customers live, and how many of a hundred. */
const MARKETS: readonly (readonly [Market, number])[] = [
  [HOME, 50],
  [
    {
      country: 'FR',
      currency: 'EUR',
      rate: 1,
      tax_rate: '0.2',
      cities: [
        ['Paris', '75003'],
        ['Lyon', '69002'],
      ],
      given: ['Chloé', 'Louis', 'Inès', 'Hugo'],
      family: ['Martin', 'Dubois', 'Lefèvre', 'Moreau'],
    },
    14,
  ],
  [
    {
      country: 'GB',
      currency: 'GBP',
      rate: 0.86,
      tax_rate: '0.2',
      cities: [
        ['London', 'E1 6AN'],
        ['Leeds', 'LS1 4DY'],
      ],
      given: ['Olivia', 'Oliver', 'Aisha', 'George'],
      family: ['Smith', 'Patel', 'Jones', 'O’Brien'],
    },
    16,
  ],
  [
    {
      country: 'US',
      currency: 'USD',
      rate: 1.09,
      tax_rate: '0.0825',
      cities: [
        ['Austin', '73301'],
        ['Portland', '97201'],
      ],
      given: ['Emma', 'Liam', 'Sofia', 'Noah'],
      family: ['Johnson', 'García', 'Brown', 'Nguyen'],
    },
    14,
  ],
  [
    {
      country: 'JP',
      currency: 'JPY',
      rate: 163,
      tax_rate: '0.1',
      cities: [
        ['東京', '100-0001'],
        ['大阪', '530-0001'],
      ],
      given: ['陽菜', '蓮', '結衣'],
      family: ['佐藤', '鈴木', '高橋'],
    },
    4,
  ],
  [
    {
      country: 'KW',
      currency: 'KWD',
      rate: 0.334,
      tax_rate: '0',
      cities: [['Kuwait City', '13001']],
      given: ['Noura', 'Yousef', 'Fatima'],
      family: ['Al-Sabah', 'Al-Mutairi'],
    },
    2,
  ],
];

/** A price in euro cents, in another currency, rounded as prices are. */
export const priceIn = ({ currency, rate }: Pick<Market, 'currency' | 'rate'>, cents: number): Minor => {
  const decimals = decimalsOf(currency) ?? 2;
  const minor = Math.round((cents / 100) * rate * 10 ** decimals);
  return Math.max(1, decimals === 2 ? minor : Math.round(minor / 10) * 10);
};

export type Customer = {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly address: Address;
  readonly market: Market;
  readonly locale: string;
};

const LOCALES: ReadonlyMap<string, string> = new Map([
  ['DE', 'de'],
  ['FR', 'fr'],
]);

export const customerOf = (seed: string, nth: number): Customer => {
  const random = randomOf(`${seed}/customer/${nth}`);
  const market = random.weighted(MARKETS, HOME);
  const name = `${random.pick(market.given)} ${random.pick(market.family)}`;
  const [city, postal_code] = random.pick(market.cities);
  return {
    id: `customer-${String(nth + 1).padStart(6, '0')}`,
    name,
    email: `c${nth + 1}@customer.example`,
    address: { line1: `${random.whole(1, 180)} Main Street`, city, postal_code, country: market.country },
    market,
    locale: LOCALES.get(market.country) ?? 'en',
  };
};

export type Product = {
  readonly id: string;
  readonly name: string;
  readonly sku: string;
  /** Euro cents, without tax. */
  readonly cents: number;
  /** How often it comes back. */
  readonly returns: number;
};

const KINDS = [
  ['Mug', 990, 0.03],
  ['Teapot', 3490, 0.05],
  ['T-shirt', 1990, 0.14],
  ['Jeans', 6990, 0.22],
  ['Running shoes', 8990, 0.2],
  ['Rain jacket', 11990, 0.16],
  ['Desk lamp', 4990, 0.08],
  ['Notebook', 690, 0.01],
  ['Backpack', 5990, 0.07],
  ['Headphones', 12990, 0.11],
  ['Coffee beans', 1490, 0.005],
  ['Picture frame', 2490, 0.06],
] as const;
const COLOURS = ['black', 'white', 'blue', 'green', 'red'] as const;

const PRODUCTS: readonly Product[] = KINDS.flatMap(([name, cents, returns], kind) =>
  COLOURS.map((colour, index) => ({
    id: `p-${kind + 1}${String(index + 1).padStart(2, '0')}`,
    name: `${name}, ${colour}`,
    sku: `${name
      .replaceAll(/[^A-Za-z]/g, '')
      .slice(0, 4)
      .toUpperCase()}-${colour.slice(0, 2).toUpperCase()}`,
    cents,
    returns,
  })),
);

/** A few products sell most. */
export const productFor = (random: Random): Product => {
  const product = PRODUCTS[Math.floor(random.unit() ** 2 * PRODUCTS.length)];
  if (product === undefined) throw new Error('the shop has no products');
  return product;
};
