// Are forms, suggestions and menus checked as Discord and its clients check them?
import { expect, test } from 'vitest'
import { lab, send, type Answered, type Lab } from '../../../test/support/discord-wire.ts'
import type { Interaction } from './interactions.ts'
import type { Json } from './types.ts'

const CHOICES = [
  { label: 'A', value: 'a' },
  { label: 'B', value: 'b' },
]

function answer({ emulator }: Lab, { id, token }: Interaction, body: Json): Promise<Answered> {
  return send(emulator, 'POST', `/interactions/${id}/${token}/callback`, body)
}
function label(component: Json, more: Json = {}): Json {
  return { type: 18, label: 'L', ...more, component }
}
async function formWith(
  stage: Lab,
  components: readonly Json[],
): Promise<Answered & { readonly by: Interaction }> {
  const by = stage.emulator.runCommand(stage.ann, stage.general, 'ask', {}, { force: true })
  const data = { custom_id: 'f', title: 'Form', components }
  return { ...(await answer(stage, by, { type: 9, data })), by }
}

const FIELDS: readonly Json[] = [
  label(
    { type: 4, custom_id: 'text', style: 2, min_length: 2, placeholder: 'Hint' },
    { description: 'More' },
  ),
  label({ type: 3, custom_id: 'some', options: CHOICES, min_values: 0, max_values: 2, required: false }),
  label({ type: 19, custom_id: 'file', required: false }),
  label({ type: 21, custom_id: 'one', options: CHOICES }),
  label({ type: 23, custom_id: 'tick', default: true }),
]

test('a form is shown with all its kinds of fields, and comes back filled in', async () => {
  const stage = await lab()
  const { ann, emulator } = stage
  const { by, status } = await formWith(stage, FIELDS)
  expect(status).toBe(204)
  const shown = emulator.formShown(by)
  expect(shown).toEqual(emulator.openForm(ann))
  expect(shown).toMatchObject({
    customId: 'f',
    title: 'Form',
    fields: [
      { id: 'text', label: 'L', description: 'More', kind: 'paragraph', required: true, minLength: 2 },
      { id: 'some', kind: 'select', required: false, maxValues: 2, options: CHOICES },
      { id: 'file', kind: 'file' },
      { id: 'one', kind: 'radio' },
      { id: 'tick', kind: 'checkbox', required: false },
    ],
  })
  expect(() => emulator.submitModal(ann, 'f', { one: 'a' })).toThrow('text must be filled in')
  expect(() => emulator.submitModal(ann, 'f', { text: 'x', one: 'a' })).toThrow('this length')
  expect(() => emulator.submitModal(ann, 'f', { text: 'xy', one: 'c' })).toThrow('does not offer')
  expect(() => emulator.submitModal(ann, 'f', { text: 'xy', strange: '' })).toThrow('no field strange')
  const files = [{ name: 'a.txt', bytes: 'what is in it' }]
  const sent = emulator.submitModal(ann, 'f', { text: 'xy', some: ['a'], one: 'b', tick: false, file: files })
  const data = sent.payload['data'] as { components: readonly { component: Json }[]; resolved: Json }
  const values = data.components.map(({ component }) => component['value'] ?? component['values'])
  expect(values.toSpliced(2, 1)).toEqual(['xy', ['a'], 'b', false])
  const [id] = values[2] as readonly string[]
  expect(data.resolved).toMatchObject({ attachments: { [id ?? '']: { filename: 'a.txt', ephemeral: true } } })
  expect(emulator.fileBytes(id ?? '')?.toString()).toBe('what is in it')
  // It is closed now.
  expect(emulator.openForm(ann)).toBeUndefined()
  expect(() => emulator.submitModal(ann, 'f', {})).toThrow('no form f')
})

test.each([
  ['no fields', []],
  ['six fields', Array.from({ length: 6 }, (_, n) => label({ type: 4, custom_id: `c${n}`, style: 1 }))],
  ['a label too long', [label({ type: 4, custom_id: 'c', style: 1 }, { label: 'x'.repeat(46) })]],
  ['an empty description', [label({ type: 4, custom_id: 'c', style: 1 }, { description: '' })]],
  ['a text input without a style', [label({ type: 4, custom_id: 'c' })]],
  [
    'lengths that exclude each other',
    [label({ type: 4, custom_id: 'c', style: 1, min_length: 5, max_length: 2 })],
  ],
  [
    'a default longer than allowed',
    [label({ type: 4, custom_id: 'c', style: 1, value: 'xyz', max_length: 2 })],
  ],
  ['a hint too long', [label({ type: 4, custom_id: 'c', style: 1, placeholder: 'x'.repeat(101) })]],
  ['a select of nothing', [label({ type: 3, custom_id: 'c', options: [] })]],
  [
    'a value twice',
    [label({ type: 3, custom_id: 'c', options: CHOICES.map((each) => ({ ...each, value: 'same' })) })],
  ],
  [
    'a required select that may be empty',
    [label({ type: 3, custom_id: 'c', options: CHOICES, min_values: 0 })],
  ],
  ['one radio button', [label({ type: 21, custom_id: 'c', options: CHOICES.slice(0, 1) })]],
  ['eleven files', [label({ type: 19, custom_id: 'c', max_values: 11 })]],
  ['a button in a form', [label({ type: 2, custom_id: 'c', style: 1, label: 'x' })]],
  [
    'the same id twice',
    [label({ type: 4, custom_id: 'c', style: 1 }), label({ type: 4, custom_id: 'c', style: 1 })],
  ],
])('a form is refused for %s', async (_what, components) => {
  const { json, status } = await formWith(await lab(), components)
  expect([status, json['code']]).toEqual([400, 50_035])
})

async function withCommand(stage: Lab): Promise<void> {
  const { emulator } = stage
  await send(emulator, 'PUT', `/applications/${emulator.applicationId}/commands`, [
    {
      name: 'weather',
      description: 'x',
      contexts: [0],
      options: [
        { type: 3, name: 'city', description: 'x', required: true, autocomplete: true },
        { type: 4, name: 'days', description: 'x', min_value: 1, max_value: 5, autocomplete: true },
        { type: 3, name: 'unit', description: 'x', choices: [{ name: 'C', value: 'c' }] },
      ],
    },
  ])
}

test('suggestions are at most 25, named, and of the option’s type', async () => {
  const stage = await lab()
  const { ann, emulator, general } = stage
  await withCommand(stage)
  const suggest = async (option: string, choices: readonly Json[]) => {
    const typed = emulator.autocomplete(ann, general, 'weather', option, 'o', { unit: 'c' })
    const { status } = await answer(stage, typed, { type: 8, data: { choices } })
    return { status, typed }
  }
  const good = await suggest('city', [{ name: 'Oslo', value: 'osl' }])
  expect(good.typed.suggestions()).toEqual([{ name: 'Oslo', value: 'osl' }])
  expect(good.typed.payload['data']).toMatchObject({
    options: [{ name: 'unit' }, { name: 'city', value: 'o', focused: true }],
  })
  expect((await suggest('days', [{ name: 'Three', value: 3 }])).status).toBe(204)
  const many = Array.from({ length: 26 }, (_, n) => ({ name: `n${n}`, value: `v${n}` }))
  for (const [option, choices] of [
    ['city', many],
    ['city', [{ name: '', value: 'x' }]],
    ['city', [{ name: 'x'.repeat(101), value: 'x' }]],
    ['city', [{ name: 'x', value: 'x'.repeat(101) }]],
    ['city', [{ name: 'x', value: 3 }]],
    ['days', [{ name: 'x', value: 'three' }]],
    ['days', [{ name: 'x', value: 1.5 }]],
  ] as const) {
    const { status, typed } = await suggest(option, choices)
    expect([status, typed.suggestions()]).toEqual([400, undefined])
  }
})

test('a client sends a command only where it is offered, whole and within its bounds', async () => {
  const stage = await lab()
  const { ann, emulator, general } = stage
  await withCommand(stage)
  const run = (options: Readonly<Record<string, string | number>>, force = false): Interaction =>
    emulator.runCommand(ann, general, 'weather', options, { force })
  expect(() => run({})).toThrow('needs city')
  expect(() => run({ city: 'x', days: 9 })).toThrow('days')
  expect(() => run({ city: 'x', unit: 'k' })).toThrow('unit')
  expect(() => run({ city: 'free text, though it suggests', days: 5, unit: 'c' })).not.toThrow()
  expect(() => run({}, true)).not.toThrow()
  const direct = emulator.directChannel(ann)
  expect(() => emulator.runCommand(ann, direct, 'weather', { city: 'x' })).toThrow('no command weather')
})

test('a select takes what it offers, and so many', async () => {
  const { ann, emulator, general, messages } = await lab()
  const select = { type: 3, custom_id: 's', options: CHOICES, max_values: 1 }
  const row = { type: 1, components: [select] }
  const { json } = await send(emulator, 'POST', messages, { content: 'x', components: [row] })
  const message = { channelId: general, messageId: String(json['id']) }
  expect(emulator.select(ann, message, 's', ['a']).payload['data']).toMatchObject({ values: ['a'] })
  for (const values of [[], ['c'], ['a', 'b']])
    expect(() => emulator.select(ann, message, 's', values)).toThrow('does not take')
})

test('late and second first answers are refused and counted; a token can be made to end', async () => {
  let now = 1_800_000_000_000
  const stage = await lab({ nowMs: () => now })
  const { ann, emulator, general } = stage
  const run = (): Interaction => emulator.runCommand(ann, general, 'ask', {}, { force: true })
  const [late, good] = [run(), run()]
  await answer(stage, good, { type: 5 })
  await answer(stage, good, { type: 5 })
  now += 3_001
  expect(await answer(stage, late, { type: 5 })).toMatchObject({ json: { code: 10_062 } })
  expect([emulator.store.lateAcks, emulator.store.doubleAcks]).toEqual([1, 1])
  emulator.faults.expireInteractions()
  const hook = `/webhooks/${emulator.applicationId}/${good.token}`
  expect(await send(emulator, 'POST', hook, { content: 'x' })).toMatchObject({ json: { code: 50_027 } })
})

test('where a person brought the bot along, it follows up five times, and has no channel', async () => {
  const stage = await lab()
  const { ann, emulator, general, lab: guild, messages } = stage
  emulator.kick(guild)
  const run = emulator.runCommand(ann, general, 'ask', {}, { force: true })
  expect(run.payload['authorizing_integration_owners']).toEqual({ '1': ann.id })
  await answer(stage, run, { type: 4, data: { content: 'first' } })
  const hook = `/webhooks/${emulator.applicationId}/${run.token}`
  const codes: unknown[] = []
  for (let n = 0; n < 6; n++)
    codes.push((await send(emulator, 'POST', hook, { content: `${n}` })).json['code'])
  expect(codes.filter((code) => code !== undefined)).toEqual([40_094])
  expect((await send(emulator, 'POST', messages, { content: 'x' })).status).toBe(403)
})
