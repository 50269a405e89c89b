// Which forms are refused, and what does a person's client let through?
import { expect, test } from 'vitest'
import { cardFault } from './card-check.ts'
import { stage } from './raw-bot.ts'

const button = (more: object = {}) => ({
  tag: 'button',
  name: 'send',
  text: { tag: 'plain_text', content: 'Send' },
  form_action_type: 'submit',
  behaviors: [{ type: 'callback', value: { token: 't' } }],
  ...more,
})
const option = (value: string, label = value) => ({ text: { tag: 'plain_text', content: label }, value })
const select = (more: object = {}) => ({
  tag: 'select_static',
  name: 'unit',
  options: [option('c', '°C'), option('f', '°F')],
  ...more,
})
const form = (elements: readonly object[], more: object = {}) => ({
  tag: 'form',
  name: 'form',
  elements,
  ...more,
})
const cardOf = (...elements: readonly object[]) => ({ schema: '2.0', body: { elements } })
const faultOf = (...elements: readonly object[]) => cardFault(cardOf(...elements), () => false)

test('a form with named fields and a button that sends it is taken', () => {
  expect(faultOf(form([{ tag: 'input', name: 'city' }, select(), button()]))).toBeUndefined()
})

test.each([
  ['no button that sends it', form([{ tag: 'input', name: 'x' }]), 200220],
  ['no name', form([button()], { name: '' }), 200530],
  ['a field without a name', form([{ tag: 'input' }, button()]), 200530],
  ['two fields of one name', form([{ tag: 'input', name: 'send' }, button()]), 200220],
  ['a form in a form', form([form([button()], { name: 'inner' }), button()]), 200220],
  ['an unknown property', form([{ tag: 'input', name: 'x', hint: 'y' }, button()]), 200220],
  ['too long an input', form([{ tag: 'input', name: 'x', max_length: 1_001 }, button()]), 200220],
  [
    'a default too long',
    form([{ tag: 'input', name: 'x', max_length: 2, default_value: 'abc' }, button()]),
    200220,
  ],
  ['nothing to choose', form([select({ options: [] }), button()]), 200220],
  ['a choice twice', form([select({ options: [option('c'), option('c')] }), button()]), 200220],
  ['a default nobody offers', form([select({ initial_option: 'k' }), button()]), 200220],
  ['a send button outside', button(), 200220],
  ['a behavior without meaning', { ...button(), behaviors: [{ type: 'open_url' }] }, 200220],
])('refused: %s', (_, element, code) => {
  expect(faultOf(element)?.code).toBe(code)
})

test('unknown properties of a card’s own parts are refused', () => {
  expect(cardFault({ ...cardOf(), config: { wide_screen_mode: true } }, () => false)?.code).toBe(200220)
})

test('a required field is asked for by the client, and choices are those offered', async () => {
  await using lab = await stage()
  const { emulator, bot, ann, group } = lab
  const fields = [{ tag: 'input', name: 'city', required: true }, select({ initial_option: 'c' })]
  const card = cardOf(form([...fields, button()]))
  const sent = await bot.send(group.id, '', { msg_type: 'interactive', content: JSON.stringify(card) })
  const { message_id: id } = sent.data
  expect(await emulator.submitForm(ann, id, {})).toMatchObject({ ok: false, code: 0 })
  await expect(emulator.submitForm(ann, id, { city: 'Oslo', unit: 'kelvin' })).rejects.toThrow(/offer/)
  await expect(emulator.submitForm(ann, id, { town: 'Oslo' })).rejects.toThrow(/no field/)
  expect(emulator.store.clicks).toEqual([])
  // Nobody listens: it is sent, and given up.
  expect(await emulator.submitForm(ann, id, { city: 'Oslo', unit: '°F' })).toMatchObject({ code: 200341 })
  expect(emulator.store.clicks).toMatchObject([{ form: { city: 'Oslo', unit: 'f' }, late: true }])
  expect(emulator.store.lateCallbacks).toBe(1)
  expect(emulator.picture()).toContain('[Send]')
})

test('a button that is gone is refused, and pressed all the same by a client that has not heard of it', async () => {
  await using lab = await stage({ limits: false })
  const { emulator, bot, ann, group } = lab
  const plain = { ...button(), form_action_type: undefined, name: undefined }
  const content = (...elements: readonly object[]) =>
    JSON.stringify({ ...cardOf(...elements), config: { update_multi: true } })
  const sent = await bot.send(group.id, '', { msg_type: 'interactive', content: content(plain) })
  const { message_id: id } = sent.data
  await bot.call('PATCH', `/im/v1/messages/${id}`, { content: content({ tag: 'markdown', content: 'done' }) })
  expect(await emulator.clickButton(ann, id, 'Send')).toMatchObject({ ok: false, code: 0 })
  expect(emulator.store.clicks).toEqual([])
  await emulator.clickButton(ann, id, { token: 't' }, {}, { force: true })
  expect(emulator.store.clicks).toMatchObject([{ label: 'Send', value: { token: 't' } }])
})
