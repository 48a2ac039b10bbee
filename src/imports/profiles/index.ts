import { amazon } from './amazon.ts';
import type { Profile } from './profile.ts';
import { shopify } from './shopify.ts';
import { woocommerce } from './woocommerce.ts';

/** Profiles that need no map, by name. */
export const PROFILES: ReadonlyMap<string, Profile> = new Map(
  [shopify, woocommerce, amazon].map((profile) => [profile.source, profile] as const),
);
