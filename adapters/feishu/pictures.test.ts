// Does a card that is refused for its pictures keep all else, and go on growing?
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Block, Span } from '../../src/contract/document.ts'
import { PlatformError } from '../../src/contract/errors.ts'
import type { Control, Surface } from '../../src/contract/platform.ts'
import { parse } from '../../src/markdown/parse.ts'
import type { FeishuEmulator, FaultRule } from '../../src/emulators/feishu/index.ts'
import { createQuietLogger } from '../../test/support/quiet-logger.ts'
import { createFeishuStage, type FeishuStage, type Life } from '../../test/support/feishu-stage.ts'
import type { FeishuBody } from './body.ts'
import { createPictures } from './pictures.ts'
import { createRenderer } from './render.ts'

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
const never = new AbortController().signal
const NONE = { controls: [] }
const stop: Control = { kind: 'stop', token: 'stop-1', label: 'Stop' }
const FORM = '#### Head\n\n**bold** [l](https://a.b)'

let stage: FeishuStage
let life: Life
let key: string

beforeEach(async () => {
  stage = await createFeishuStage()
  life = stage.life()
  key = await upload()
})
afterEach(async () => {
  await stage.close()
})

async function upload(): Promise<string> {
  const { prepareImage } = life.outbox
  if (prepareImage === undefined) throw new Error('cards take pictures')
  const file = {
    kind: 'image',
    name: 'cat.png',
    mimeType: 'image/png',
    sizeBytes: PNG.byteLength,
    widthPx: 1,
    heightPx: 1,
    async *open() {
      yield await Promise.resolve(PNG)
    },
  } as const
  return prepareImage(file, never)
}
function open(under = 'k1'): Surface<FeishuBody> {
  const surface = life.outbox.openStream?.({ key: under })
  if (surface === undefined) throw new Error('expected a surface')
  return surface
}
const markup = (more = ''): string => `# Head\n\n**bold** [l](https://a.b)${more}\n\n![cat](${key})`
const body = (text = markup()): FeishuBody => life.outbox.renderer.render(parse(text))
const screen = () =>
  stage.emulator.screen(stage.chat).map(({ msgType, text, generating, images }) => ({
    msgType,
    text,
    generating,
    pictures: images.length,
  }))
const shows = (text: string, pictures = 0, generating = false) => ({
  msgType: 'interactive',
  text,
  generating,
  pictures,
})
const spoil = (more: Partial<FaultRule> = {}): ReturnType<FeishuEmulator['faults']['add']> =>
  stage.emulator.faults.add({ fault: { do: 'image-keys' }, times: Infinity, ...more })
async function failureOf(call: Promise<unknown>): Promise<PlatformError> {
  const error = await call.then(
    () => undefined,
    (failure: unknown) => failure,
  )
  if (error instanceof PlatformError) return error
  throw new Error('expected a PlatformError', { cause: error })
}

describe('a picture is refused', () => {
  test('when the card is made: its words stand for it, and it grows on and ends as a card', async () => {
    const fault = spoil()
    const surface = open()
    await surface.update(body(), NONE, never)
    expect(screen()).toEqual([shows(`${FORM}\n\n🖼 cat`, 0, true)])
    await surface.update(body(`${markup()}\n\nmore`), NONE, never)
    await surface.finish(body(`${markup()}\n\nmore and more`), NONE, never)
    expect(screen()).toEqual([shows(`${FORM}\n\n🖼 cat\n\nmore and more`)])
    expect(fault.hits).toBe(1)
    expect(stage.leftovers()).toEqual({ generating: 0, unseenWrites: 0 })
  })

  test('while the card grows, also one that showed it before', async () => {
    const surface = open()
    await surface.update(body(), NONE, never)
    expect(screen()).toEqual([shows(`${FORM}\n\n🖼 cat`, 1, true)])
    const fault = spoil()
    const next = body(markup(' more'))
    await surface.update(next, NONE, never)
    expect(screen()).toEqual([shows(`${FORM} more\n\n🖼 cat`, 0, true)])
    const calls = stage.operations().length
    // The same body again, and the same drawn anew, are what stands already.
    await surface.update(next, NONE, never)
    await surface.update(body(markup(' more')), NONE, never)
    expect(stage.operations()).toHaveLength(calls)
    await surface.finish(body(markup(' more and more')), NONE, never)
    expect(screen()).toEqual([shows(`${FORM} more and more\n\n🖼 cat`)])
    expect(fault.hits).toBe(1)
  })

  test('when its buttons change', async () => {
    const surface = open()
    await surface.update(body(), { controls: [stop] }, never)
    spoil()
    await surface.update(body(), NONE, never)
    expect(screen()).toEqual([shows(`${FORM}\n\n🖼 cat`, 0, true)])
    expect(stage.emulator.screen(stage.chat)[0]?.buttons).toEqual([])
  })

  test.each([[[]], [[stop]]])('at the end, with %o as buttons until then', async (controls) => {
    const surface = open()
    await surface.update(body(), { controls }, never)
    spoil()
    await surface.finish(body(markup(' more')), NONE, never)
    expect(screen()).toEqual([shows(`${FORM} more\n\n🖼 cat`)])
  })

  test('when the finished card is sent: another one is made without it', async () => {
    const code = 230099
    const msg = 'Failed to create card content, ext=ErrCode: 200570; ErrMsg: invalid image; ErrorValue: ;'
    stage.emulator.faults.add({ operations: ['message.create'], fault: { do: 'error', code, msg } })
    const surface = open()
    await surface.update(body(), NONE, never)
    await surface.finish(body(markup(' more')), NONE, never)
    expect(screen()).toEqual([shows(`${FORM} more\n\n🖼 cat`)])
    expect(stage.leftovers()).toEqual({ generating: 0, unseenWrites: 0 })
  })

  test.each([
    [230017, 'Bot is NOT the owner of the resource.'],
    [230001, 'invalid request parameter, ext=image_key is invalid'],
    [300313, 'ErrMsg: there is an invalid image key; '],
  ])('as code %i', async (code, msg) => {
    const fault = { do: 'error', code, msg } as const
    stage.emulator.faults.add({ operations: ['card.create'], fault })
    await open().finish(body(), NONE, never)
    expect(screen()).toEqual([shows(`${FORM}\n\n🖼 cat`)])
  })

  test('in a message that does not grow, and in its edit', async () => {
    const opts = { key: 'p1', controls: [] }
    const id = await life.outbox.post(body(), opts, never)
    spoil()
    await life.outbox.edit(id, body(markup(' more')), NONE, never)
    expect(screen()).toEqual([shows(`${FORM} more\n\n🖼 cat`)])
    key = await upload()
    await life.outbox.post(body(), { ...opts, key: 'p2' }, never)
    expect(screen()[1]).toEqual(shows(`${FORM}\n\n🖼 cat`))
  })
})

describe('afterwards', () => {
  test('a key that was refused is not tried again, and others are', async () => {
    const fault = spoil({ times: 1 })
    await open().finish(body(), NONE, never)
    await open('k2').finish(body(), NONE, never)
    const other = await upload()
    await open('k3').finish(body(`![dog](${other}) ![cat](${key})`), NONE, never)
    expect(fault.hits).toBe(1)
    expect(screen().map(({ text, pictures }) => [text, pictures])).toEqual([
      [`${FORM}\n\n🖼 cat`, 0],
      [`${FORM}\n\n🖼 cat`, 0],
      ['🖼 dog 🖼 cat', 1],
    ])
    expect(life.log.lines.filter(({ level }) => level === 'warn')).toHaveLength(1)
  })

  test('a body drawn before goes out without it, too', async () => {
    const before = body()
    const fault = spoil({ times: 1 })
    await open().finish(before, NONE, never)
    await open('k2').finish(before, NONE, never)
    await life.outbox.post(before, { key: 'p1', controls: [] }, never)
    expect(fault.hits).toBe(1)
    expect(screen().map(({ pictures }) => pictures)).toEqual([0, 0, 0])
  })
})

describe('a card is refused without its pictures, too', () => {
  const refused = { fault: { do: 'error', code: 200570 }, times: Infinity } as const

  test('the reply stands as plain words, and nobody takes cards for refused', async () => {
    const fault = stage.emulator.faults.add({ ...refused, operations: ['card.create'] })
    const surface = open()
    expect(await failureOf(surface.update(body(), NONE, never))).toMatchObject({ kind: 'rejected' })
    expect(fault.hits).toBe(2)
    await surface.finish(life.outbox.renderer.plain(markup()), NONE, never)
    expect(screen()).toMatchObject([{ msgType: 'text', text: markup() }])
    fault.remove()
    await open('k2').finish(body('**more**'), NONE, never)
    expect(screen()[1]).toEqual(shows('**more**'))
  })

  test('a card that holds none, or is refused for something else, is not tried again', async () => {
    const fault = stage.emulator.faults.add({ ...refused, operations: ['card.create'] })
    expect(await failureOf(open().update(body('**a**'), NONE, never))).toMatchObject({ code: 200570 })
    expect(fault.hits).toBe(1)
    fault.remove()
    const other = stage.emulator.faults.add({ ...refused, fault: { do: 'error', code: 200220 } })
    expect(await failureOf(open('k2').update(body(), NONE, never))).toMatchObject({ code: 200220 })
    expect(other.hits).toBe(1)
    other.remove()
    await open('k3').finish(body(), NONE, never)
    expect(screen()).toEqual([shows(`${FORM}\n\n🖼 cat`, 1)])
  })
})

test('a card without its pictures is what the renderer draws without them', async () => {
  const keys = ['img_v3_a', 'img_v3_b'] as const
  const words = fc.string({ unit: fc.constantFrom('a', '字', ' ', '[', ']', '*', '_', '|', '!', '(', '`') })
  const image = fc.record({ kind: fc.constant('image' as const), alt: words, url: fc.constantFrom(...keys) })
  const code = fc.constantFrom('![x](img_v3_other)', 'x').map((text): Span => ({ kind: 'code', text }))
  const plain = fc.oneof(
    words.map((text): Span => ({ kind: 'text', text })),
    image,
    code,
  )
  const wrapped = fc.oneof(
    fc.array(image, { minLength: 1, maxLength: 2 }).map((spans): Span => ({ kind: 'bold', spans })),
    image.map((each): Span => ({
      kind: 'link',
      url: 'https://a.b',
      spans: [{ ...each, alt: `${each.alt}x` }],
    })),
  )
  // Set apart: next to words marks may count otherwise than next to a picture.
  const apart: Span = { kind: 'text', text: ' ' }
  const some = fc.oneof(
    plain.map((each) => [each]),
    wrapped.map((each) => [apart, each, apart]),
  )
  const block = fc.array(some, { minLength: 1, maxLength: 4 }).map((parts): Block => ({
    kind: 'paragraph',
    spans: parts.flat(),
  }))
  const log = createQuietLogger()
  await fc.assert(
    fc.asyncProperty(fc.array(block, { maxLength: 3 }), async (blocks) => {
      const renderer = createRenderer()
      for (const each of keys) renderer.images.add(each)
      const before = renderer.render(blocks)
      const markdown = before.kind === 'card' ? before.markdown : ''
      const tries: string[] = []
      await createPictures({ account: 'lark', log, renderer }).showing(markdown, (shown) => {
        tries.push(shown)
        if (!shown.includes('](img_v3_a)') && !shown.includes('](img_v3_b)')) return Promise.resolve()
        return Promise.reject(new PlatformError('lark', 'rejected', 'no', { code: 200570 }))
      })
      const after = renderer.render(blocks)
      expect(tries.at(-1)).toBe(after.kind === 'card' ? after.markdown : '')
    }),
  )
})
