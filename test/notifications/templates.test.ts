import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import german from '../../assets/messages/de.json' with { type: 'json' };
import english from '../../assets/messages/en.json' with { type: 'json' };
import hindi from '../../assets/messages/hi.json' with { type: 'json' };
import type { Phrases } from '../../src/notifications/content/phrases.ts';
import { sampleViews } from '../../src/notifications/content/sample-views.ts';
import { loadTemplates } from '../../src/notifications/content/templates.ts';
import { MAIL_KINDS } from '../../src/notifications/kinds.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary.ts';

const templates = suite<{ folder: TemporaryFolder; made: number }>('templates of messages');
templates.before(async (state) => void Object.assign(state, { folder: await temporaryFolder(), made: 0 }));
templates.after(({ folder }) => folder.remove());

/** `satisfies` makes the compiler list what a language lacks, such as the words for a new status. */
const SHIPPED = { en: english, de: german, hi: hindi } satisfies Record<string, Phrases>;

type State = { folder: TemporaryFolder; made: number };

/** A folder with these files, loaded. */
const load = async (state: State, files: Readonly<Record<string, string>>, language = 'en') => {
  const folder = join(state.folder.path, String((state.made += 1)));
  await mkdir(folder);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return loadTemplates({ folder, language });
};

const rejection = async (state: State, files: Readonly<Record<string, string>>, language?: string): Promise<string> =>
  load(state, files, language).then(
    () => 'loaded',
    (error: unknown) => String(error),
  );

const render = (loaded: ReturnType<typeof loadTemplates>, kind: (typeof MAIL_KINDS)[number], language: string) => {
  const [full] = sampleViews(kind, language, loaded.words(language));
  if (full === undefined) throw new Error('there is a sample');
  return loaded.render(full);
};

templates('every message can be said in every language that is shipped, with much and with little to say', () => {
  const shipped = loadTemplates({ folder: undefined, language: 'hi' });
  for (const language of Object.keys(SHIPPED))
    for (const kind of MAIL_KINDS)
      for (const view of sampleViews(kind, language, shipped.words(language))) {
        const { subject, text, html } = shipped.render(view);
        for (const said of [subject, text, html]) assert.not.match(said, /\{\{|\{%|null|undefined/);
        assert.match(html, `<html lang="${language}"`);
      }
  assert.is(shipped.languageFor('fr'), 'hi');
});

templates('a folder changes phrases, whole templates, and adds languages', async (state) => {
  const loaded = await load(state, {
    'en.json': JSON.stringify({ messages: { order_confirmation: { subject: 'Got it: {{ order.number }}' } } }),
    'fr.json': JSON.stringify({ greeting: 'Bonjour{% if customer.name %} {{ customer.name }}{% endif %},' }),
    'order_shipped.html.liquid': '<p>{{ heading }} {{ shipment.carrier }} &hearts;</p>',
  });
  assert.is(render(loaded, 'order_confirmation', 'en').subject, 'Got it: ORD-2026-000123');
  assert.match(render(loaded, 'order_confirmation', 'en').text, 'Thank you for your order');
  assert.is(render(loaded, 'order_shipped', 'de').html, '<p>Ein Teil Ihrer Bestellung ist unterwegs DHL &hearts;</p>');
  assert.is(loaded.languageFor('fr-CA'), 'fr');
  const french = render(loaded, 'order_delivered', 'fr').text;
  assert.match(french, 'Bonjour Meera Sharma');
  assert.match(french, 'Your order has arrived');
});

templates('what cannot be used is rejected, with file and reason', async (state) => {
  assert.match(
    await rejection(state, { 'message.html.liquid': '<p>{{ ordr.number }}</p>' }),
    /message\.html\.liquid: undefined variable: ordr/,
  );
  assert.match(await rejection(state, { 'message.text.liquid': '{% if %}' }), /message\.text\.liquid: /);
  assert.match(await rejection(state, { 'message.text.liquid': '{{ subject | shout }}' }), /undefined filter: shout/);
  assert.match(await rejection(state, { 'de.json': '{"greeting": ' }), /de\.json is not JSON/);
  assert.match(await rejection(state, { 'de.json': '{"greeting": 5}' }), /de\.json, greeting: Expected string/);
  assert.match(
    await rejection(state, { 'de.json': '{"messages": {"order_shiped": {}}}' }),
    /de\.json, messages\.order_shiped/,
  );
  assert.match(await rejection(state, { 'order_shiped.html.liquid': '' }), /order_shiped\.html\.liquid is no template/);
  assert.match(await rejection(state, {}, 'fr'), /there is no fr\.json/);
  assert.throws(() => loadTemplates({ folder: '/nowhere/at/all', language: 'en' }), /cannot be read \(ENOENT\)/);
});

templates('a template reads no file and runs no code', async (state) => {
  assert.match(
    await rejection(state, { 'message.text.liquid': "{% include '/etc/passwd' %}" }),
    /message\.text\.liquid: /,
  );
  const rejected = await rejection(state, { 'message.text.liquid': '{{ subject.constructor }}' });
  assert.match(rejected, /undefined variable: subject\.constructor/);
});

templates.run();
