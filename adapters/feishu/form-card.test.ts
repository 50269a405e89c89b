// Does a form stand on the screen as a card that a person can fill in, whatever is asked for?
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Form, FormField } from '../../src/contract/platform.ts'
import { createFeishuStage, type FeishuStage } from '../../test/support/feishu-stage.ts'

const never = new AbortController().signal
const KEYED = { key: 'ask1', controls: [] }

let stage: FeishuStage

beforeEach(async () => {
  stage = await createFeishuStage()
})
afterEach(async () => {
  await stage.close()
})

const shown = () => stage.emulator.screen(stage.chat)
const formOf = (fields: readonly FormField[], more: Partial<Form> = {}): Form => ({
  token: 'form-1',
  title: '运行 /weather 还需要一点信息：',
  submitLabel: '提交',
  fields,
  ...more,
})
const FIELDS: readonly FormField[] = [
  { name: 'city', label: 'City', kind: 'text', required: true, default: 'Oslo', max: 40 },
  { name: 'why', label: 'Why', kind: 'long', required: false },
  { name: 'days', label: 'Days', kind: 'integer', required: true, min: 1, max: 10, default: 3 },
  { name: 'share', label: 'Share', kind: 'number', required: false, min: 0.5 },
  { name: 'wind', label: 'Wind', kind: 'boolean', required: false, default: true },
  {
    name: 'unit',
    label: 'Unit',
    kind: 'choice',
    required: true,
    choices: [
      { value: 'c', label: '°C' },
      { value: 'f', label: '°F' },
    ],
    default: 'f',
  },
  {
    name: 'parts',
    label: 'Parts',
    kind: 'choices',
    required: false,
    choices: ['sun', 'rain', 'snow'].map((value) => ({ value, label: value })),
    default: ['rain', 'fog'],
  },
  { name: 'photo', label: 'Photo', kind: 'file', required: true },
]

test('each kind of field stands in its own way, with what stands in it', async () => {
  const { outbox } = stage.life()
  const id = await outbox.ask?.(formOf(FIELDS), KEYED, never)
  const [message] = shown()
  expect(message).toMatchObject({
    messageId: id,
    msgType: 'interactive',
    title: '运行 /weather 还需要一点信息：',
    summary: '运行 /weather 还需要一点信息：',
  })
  expect(message?.text).toContain('form.file')
  expect(message?.form?.submit).toMatchObject({
    label: '提交',
    value: { token: 'form-1', direct: true },
  })
  const yesNo = [
    { value: 'true', label: 'ask.yes' },
    { value: 'false', label: 'ask.no' },
  ]
  expect(message?.form?.fields).toMatchObject([
    { name: 'city', kind: 'text', label: 'City', required: true, value: 'Oslo', maxChars: 40 },
    { name: 'why', kind: 'long', label: 'Why', required: false, value: '', placeholder: 'form.type' },
    { name: 'days', kind: 'text', label: 'Days (form.integer, 1–10)', required: true, value: '3' },
    { name: 'share', kind: 'text', label: 'Share (form.number, ≥ 0.5)' },
    { name: 'wind', kind: 'choice', value: 'true', options: yesNo, placeholder: 'form.choose' },
    { name: 'unit', kind: 'choice', label: 'Unit *', required: true, value: 'f' },
    { name: 'parts', kind: 'choices', label: 'Parts', value: ['rain'] },
  ])
})

test('asked again under the same key it is one message, where the question was', async () => {
  const { outbox } = stage.life()
  const asked = stage.emulator.say(stage.ann, stage.chat, '/weather', { quiet: true })
  const opts = { ...KEYED, replyTo: asked.messageId as never }
  const first = await outbox.ask?.(formOf(FIELDS), opts, never)
  expect(await outbox.ask?.(formOf(FIELDS), opts, never)).toBe(first)
  expect(shown().slice(1)).toMatchObject([{ messageId: first, replyTo: asked.messageId }])
})

test('answered it is plain words, and cannot be sent twice', async () => {
  const { outbox } = stage.life()
  const id = await outbox.ask?.(formOf(FIELDS), KEYED, never)
  if (id === undefined) throw new Error('cannot ask')
  await outbox.edit(id, outbox.renderer.plain('✓ 已提交。'), { controls: [] }, never)
  expect(shown()).toMatchObject([{ text: '✓ 已提交。', title: '', buttons: [] }])
  expect(shown()[0]).not.toHaveProperty('form')
  await expect(stage.emulator.submitForm(stage.ann, id, { city: 'Rome' })).rejects.toThrow('shows no form')
  expect(await stage.emulator.clickButton(stage.ann, id, '提交')).toMatchObject({ ok: false, code: 0 })
})

test('a press on the card that is not answered yet does not keep it from changing', async () => {
  const { outbox } = stage.life()
  const id = await outbox.ask?.(formOf(FIELDS), KEYED, never)
  const message = stage.emulator.store.messages.get(id ?? '')
  if (id === undefined || message === undefined) throw new Error('cannot ask')
  message.callbacksRunning = 1
  const edited = outbox.edit(id, outbox.renderer.plain('✓'), { controls: [] }, never)
  await stage.emulator.waitFor(
    ({ store }) =>
      store.calls.some(({ operation, code }) => operation === 'message.patch' && code === 230099),
    { timeoutMs: 10_000 },
  )
  message.callbacksRunning = 0
  await edited
  expect(shown()).toMatchObject([{ text: '✓' }])
})

test('files alone need no button: the card says what to send', async () => {
  await stage.life().outbox.ask?.(formOf(FIELDS.slice(-1)), KEYED, never)
  expect(shown()).toMatchObject([{ msgType: 'interactive', text: 'form.file', buttons: [] }])
})

test('a list too long for a card keeps what is chosen, and as much else as there is room for', async () => {
  const choices = Array.from({ length: 3_000 }, (_, n) => ({ value: `v${n}`, label: `Choice number ${n}` }))
  const field: FormField = {
    name: 'x',
    label: 'X',
    kind: 'choice',
    required: true,
    choices,
    default: 'v2999',
  }
  await stage.life().outbox.ask?.(formOf([field]), KEYED, never)
  const [shownField] = shown()[0]?.form?.fields ?? []
  expect(shownField?.options.length).toBe(250)
  expect(shownField?.value).toBe('v2999')
})

test('where the card is refused the question stands as words', async () => {
  stage.emulator.faults.add({
    operations: ['message.create'],
    fault: {
      do: 'error',
      code: 230099,
      msg: 'Failed to create card content, ext=ErrCode: 200861; ErrMsg: x;',
    },
  })
  const { outbox } = stage.life()
  const id = await outbox.ask?.(formOf(FIELDS), KEYED, never)
  expect(shown()).toMatchObject([{ msgType: 'text', messageId: id }])
  expect(shown()[0]?.text).toContain('• Unit: °C / °F')
  if (id !== undefined) await outbox.edit(id, outbox.renderer.plain('✓'), { controls: [] }, never)
  expect(shown()).toMatchObject([{ text: '✓' }])
})

test('any form of fifteen fields or fewer stands as a card', async () => {
  const { outbox } = stage.life()
  const words = fc.oneof(fc.string({ unit: 'binary', maxLength: 100 }), fc.string({ maxLength: 30 }))
  const number = fc.option(fc.integer({ min: -5, max: 5_000 }), { nil: undefined })
  const choice = fc.record({ value: fc.string({ maxLength: 20 }), label: words })
  const field = fc
    .record({
      label: words,
      kind: fc.constantFrom(
        ...(['text', 'long', 'integer', 'number', 'boolean', 'choice', 'choices', 'file'] as const),
      ),
      required: fc.boolean(),
      min: number,
      max: number,
      choices: fc.option(fc.array(choice, { maxLength: 15 }), { nil: undefined }),
      default: fc.option(fc.oneof(words, fc.integer(), fc.boolean(), fc.array(fc.string({ maxLength: 9 }))), {
        nil: undefined,
      }),
    })
    .map((drawn) => Object.fromEntries(Object.entries(drawn).filter(([, value]) => value !== undefined)))
  const form = fc
    .record({ title: words, submitLabel: words, fields: fc.array(field, { minLength: 1, maxLength: 15 }) })
    .map(({ title, submitLabel, fields }) =>
      formOf(
        fields.map((each, n) => ({ ...each, name: n === 0 ? 'submit' : `f${n}` }) as FormField),
        { title, submitLabel },
      ),
    )
  let n = 0
  await fc.assert(
    fc.asyncProperty(form, async (drawn) => {
      n += 1
      const id = await outbox.ask?.(drawn, { key: `k${n}`, controls: [] }, never)
      expect(stage.emulator.store.messages.get(id ?? '')?.msgType).toBe('interactive')
    }),
    { numRuns: 25 },
  )
}, 30_000)
