import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { openSheet } from '../../src/imports/file/sheet.ts';
import type { ImportedOrder } from '../../src/imports/orders/imported-order.ts';
import { readOrders, type ReadOrder } from '../../src/imports/read-orders.ts';
import { PROFILES } from '../../src/imports/profiles/index.ts';
import { ownMap } from '../../src/imports/profiles/own-map.ts';
import type { Profile } from '../../src/imports/profiles/profile.ts';
import { openTimes } from '../../src/imports/values/times.ts';
import { temporaryFolder } from '../support/temporary.ts';

const FIXTURES = fileURLToPath(new URL('../fixtures/imports/', import.meta.url));
export const fixture = (name: string): string => join(FIXTURES, name);

export const profileOf = (name: string): Profile => {
  const profile = PROFILES.get(name);
  assert.ok(profile, name);
  return profile;
};

export const mapOf = async (name: string): Promise<Profile> =>
  ownMap(name, await readFile(fixture(name), 'utf8'), 'own-shop');

type How = { readonly zone?: string; readonly tolerance?: string; readonly now?: string };

/** Every order that a file has. */
export const readFixture = async (
  path: string,
  profile: Profile,
  { zone, tolerance = '0', now = '2026-11-30T00:00:00.000Z' }: How = {},
): Promise<readonly ReadOrder[]> => {
  const sheet = await openSheet(path, profile.layout);
  const readTime = openTimes({ format: profile.dateFormat, zone });
  const found: ReadOrder[] = [];
  const { decimal, readings } = profile;
  for await (const one of readOrders(sheet, profile, { decimal, readings, readTime, tolerance, now })) found.push(one);
  return found;
};

/** The same of a file that is made for a test. */
export const readText = async (text: string | Buffer, profile: Profile, how?: How): Promise<readonly ReadOrder[]> => {
  const folder = await temporaryFolder();
  try {
    const path = join(folder.path, 'orders.csv');
    await writeFile(path, text);
    return await readFixture(path, profile, how);
  } finally {
    await folder.remove();
  }
};

/** The one order with a number, which must have been read without a fault. */
export const orderIn = (read: readonly ReadOrder[], number: string): ImportedOrder => {
  const one = read.find((candidate) => candidate.number?.text === number);
  assert.ok(one?.order, `${number}: ${JSON.stringify(one?.findings ?? 'it is not there')}`);
  return one.order;
};

export const findingsOf = (read: readonly ReadOrder[]): readonly string[] =>
  read.flatMap(({ findings }) =>
    findings.map(
      ({ severity, line, column, value, expected }) => `${severity} ${line} ${column} ${value}: ${expected}`,
    ),
  );
