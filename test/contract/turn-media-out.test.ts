// Pictures and files of answers: messages of their own where they stood in the text, or in it; what cannot be had stays a link.

import { expect, test } from 'vitest'
import type { FileLimits } from '../../src/contract/platform.ts'
import { command, policy, route } from '../support/bridge-events.ts'
import { oneSecondOfOpus } from '../support/sound-files.ts'
import { openTurns, setUp, type BridgeHarness, type HarnessOptions } from '../support/bridge-harness.ts'
import { at, completed, createGate, delta, says, started, wait } from '../support/scripted-assistant.ts'

const files: FileLimits = {
  maxBytes: 1_000,
  image: { maxBytes: 1_000, types: ['image/png'] },
  imagesPerMessage: 10,
  takesControls: true,
  albumsTakeControls: false,
}
const CAT = 'https://pictures.test/cat.png'
const DOG = 'https://pictures.test/dog.png'
const REPORT = 'https://files.test/report.pdf?x-expires=1'

async function asks(h: BridgeHarness): Promise<void> {
  await h.say('show me')
  await h.run()
}

async function withAnswer(text: string, options: HarnessOptions = { files }): Promise<BridgeHarness> {
  const h = await setUp(options)
  h.assistant.onAnswer(says(text))
  await asks(h)
  return h
}

test('a picture stands where it stood in the text', async () => {
  const h = await withAnswer(`A cat:\n\n![a cat](${CAT})\n\nIt sleeps.`)
  // Nothing behind the picture is shown before it is known what becomes of it.
  expect(h.screen).toEqual(['A cat:'])
  h.media.arrive(CAT)
  await h.run()
  expect(h.screen).toEqual(['A cat:', '[image cat.png: a cat]', 'It sleeps.'])
  expect(await openTurns(h)).toBe(0)
})

test('a picture is wanted as soon as its address is complete', async () => {
  const h = await setUp({ files })
  const gate = createGate()
  h.assistant.onAnswer([
    started,
    delta(`A cat:\n\n![a cat](${CAT}`),
    wait(10),
    delta(')\n'),
    at(gate),
    completed,
  ])
  await h.say('show me')
  await h.run()
  expect(h.media.wanted).toEqual([])
  await h.run(20)
  expect(h.media.wanted).toEqual([{ url: CAT, kind: 'image', label: 'a cat' }])
  gate.open()
  h.media.arrive(CAT)
  await h.run()
  expect(h.screen).toEqual(['A cat:', '[image cat.png: a cat]'])
})

test('a picture that cannot be had stays a link in its place', async () => {
  const h = await withAnswer(`A cat:\n\n![a cat](${CAT})\n\nIt sleeps.`)
  h.media.fail(CAT)
  await h.run()
  expect(h.screen).toHaveLength(1)
  expect(h.screen[0]).toContain('a cat')
  expect(h.screen[0]).toContain('It sleeps.')
})

test('pictures that follow each other are one album', async () => {
  const h = await withAnswer(`Two:\n\n![a cat](${CAT})\n![a dog](${DOG})\n\nNice.`)
  h.media.arrive(CAT)
  await h.run()
  h.media.arrive(DOG)
  await h.run()
  expect(h.screen).toEqual(['Two:', '[image cat.png: a cat] [image dog.png: a dog]', 'Nice.'])
})

test('of two pictures one of which is lost, the other is shown, and the link stays', async () => {
  const h = await withAnswer(`Two:\n\n![a cat](${CAT})\n\n![a dog](${DOG})\n\nNice.`)
  h.media.fail(CAT)
  h.media.arrive(DOG)
  await h.run()
  expect(h.screen).toHaveLength(3)
  expect(h.screen[0]).toContain('a cat')
  expect(h.screen[1]).toBe('[image dog.png: a dog]')
  expect(h.screen[2]).toBe('Nice.')
})

test('an answer that is a picture and nothing else is that picture', async () => {
  const h = await withAnswer(`![a cat](${CAT})`)
  h.media.arrive(CAT)
  await h.run()
  expect(h.screen).toEqual(['[image cat.png: a cat]'])
  expect(await openTurns(h)).toBe(0)
})

test('nobody waits for a picture for long', async () => {
  const h = await setUp({ files })
  const gate = createGate()
  h.assistant.onAnswer([started, delta(`A cat:\n\n![a cat](${CAT})\n\nIt sleeps.\n\n`), at(gate), completed])
  await h.say('show me')
  await h.run(7_000)
  expect(h.screen[0]).toContain('It sleeps.')
  h.media.arrive(CAT)
  await h.run()
  gate.open()
  await h.run()
  expect(h.screen.map((text) => text.trim())).toEqual(['A cat:', '[image cat.png: a cat]', 'It sleeps.'])
})

test('a picture among words comes behind its paragraph, and the words stay', async () => {
  const h = await withAnswer(`Look at ![a cat](${CAT}) here.\n\nIt sleeps.`)
  h.media.arrive(CAT)
  await h.run()
  expect(h.screen).toHaveLength(3)
  expect(h.screen[0]).toContain('Look at')
  expect(h.screen[1]).toBe('[image cat.png: a cat]')
  expect(h.screen[2]).toBe('It sleeps.')
})

test('a file of the assistant’s own becomes a file; any other link stays one', async () => {
  const h = await withAnswer(`Done.\n\n[report.pdf](${REPORT})\n\nSee [the site](https://site.test/a.pdf).`)
  expect(h.media.wanted.map(({ url }) => url)).toEqual([REPORT])
  h.media.arrive(REPORT, 'file')
  await h.run()
  expect(h.screen[1]).toBe('[file report.pdf]')
  expect(h.screen[2]).toContain('the site')
})

test('a file the assistant names is one, whatever its address looks like', async () => {
  const h = await setUp({ files })
  const url = 'https://files.test/plain'
  h.assistant.onAnswer([started, { kind: 'files', files: [{ url }] }, delta(`[data](${url})`), completed])
  await asks(h)
  h.media.arrive(url, 'file')
  await h.run()
  expect(h.screen).toEqual(['[file plain]'])
})

test('where pictures stand in the text they stay there, and files come behind it', async () => {
  const options = { files: { ...files, takesControls: false, imagesPerMessage: 1 }, preparesImages: true }
  const h = await withAnswer(`A cat:\n\n![a cat](${CAT})\n\n[report.pdf](${REPORT})\n\nEnd.`, options)
  h.media.inline(CAT, 'key-1')
  h.media.arrive(REPORT, 'file')
  await h.run()
  expect(h.screen).toHaveLength(2)
  expect(h.screen[0]).toContain('End.')
  expect(h.screen[0]).toContain('key-1')
  expect(h.screen[1]).toBe('[file report.pdf]')
})

test('where files have no place at all, nothing is fetched', async () => {
  const attach = { maxFileBytes: 1, inlineTextBytes: 0, mergeWindowMs: 0, attach: false }
  const h = await setUp({ policy: policy({ routes: [route({ media: attach })] }) })
  h.assistant.onAnswer(says(`![a cat](${CAT})`))
  await asks(h)
  expect(h.media.wanted).toEqual([])
  expect(h.screen[0]).toContain('a cat')
})

test('a picture the platform refuses is sent as the file it is', async () => {
  const h = await setUp({ files })
  h.platform.fail('file', { kind: 'rejected' })
  h.assistant.onAnswer(says(`![a cat](${CAT})`))
  await asks(h)
  h.media.arrive(CAT)
  await h.run()
  expect(h.screen).toEqual(['[file cat.png: a cat]'])
})

test('what the platform takes in no form is said as a link', async () => {
  const h = await setUp({ files })
  h.platform.fail('file', { kind: 'rejected' }, 2)
  h.assistant.onAnswer(says(`A cat:\n\n![a cat](${CAT})\n\nIt sleeps.`))
  await asks(h)
  h.media.arrive(CAT)
  await h.run()
  expect(h.screen).toHaveLength(3)
  expect(h.screen[1]).toContain('a cat')
})

test('a picture that was sent before a kill is not sent again', async () => {
  const h = await setUp({ files, findsPosted: true })
  h.platform.fail('file', { kind: 'done-then-hang' })
  h.assistant.onAnswer(says(`A cat:\n\n![a cat](${CAT})\n\nIt sleeps.`))
  await asks(h)
  h.media.arrive(CAT)
  await h.run()
  expect(h.screen).toEqual(['A cat:', '[image cat.png: a cat]'])
  await h.kill()
  await h.run()
  expect(h.screen).toEqual(['A cat:', '[image cat.png: a cat]', 'It sleeps.'])
  expect(await openTurns(h)).toBe(0)
})

test('a kill between a picture and the rest of its reply loses neither, and doubles neither', async () => {
  const h = await setUp({ files, findsPosted: true })
  const gate = createGate()
  h.assistant.onAnswer([started, delta(`A cat:\n\n![a cat](${CAT})\n\nIt`), at(gate), completed])
  h.assistant.onFollow([{ kind: 'whole', text: `A cat:\n\n![a cat](${CAT})\n\nIt sleeps.` }, completed])
  await asks(h)
  h.media.arrive(CAT)
  await h.run()
  await h.kill()
  await h.run()
  expect(h.screen).toEqual(['A cat:', '[image cat.png: a cat]', 'It sleeps.'])
  expect(await openTurns(h)).toBe(0)
})

test('a picture whose address has expired while the bridge was down stays a link', async () => {
  const h = await setUp({ files, findsPosted: true })
  const gate = createGate()
  h.assistant.onAnswer([started, delta(`A cat:\n\n![a cat](${CAT})\n\nIt`), at(gate), completed])
  h.assistant.onFollow([{ kind: 'whole', text: `A cat:\n\n![a cat](${CAT})\n\nIt sleeps.` }, completed])
  await asks(h)
  await h.kill()
  h.media.fail(CAT)
  await h.run()
  expect(h.screen).toHaveLength(1)
  expect(h.screen[0]).toContain('a cat')
  expect(h.screen[0]).toContain('It sleeps.')
})

test('while an address grows, nothing is fetched; complete, it is fetched once', async () => {
  const url = 'https://p.test/cat.png?x-expires=1795&x-signature=abcdef'
  for (const answer of [`![cat](${url})`, `[cat](${url})`, url, `See ${url} now.`]) {
    const h = await setUp({ files })
    const pieces = answer.match(/.{1,7}/gs) ?? []
    h.assistant.onAnswer([
      started,
      ...pieces.flatMap((piece) => [delta(piece), wait(10)]),
      delta('\n\nEnd.\n'),
      wait(10),
      completed,
    ])
    await h.say('show me')
    await h.run(5_000)
    expect(h.media.wanted.map((one) => one.url)).toEqual([url])
    h.media.arrive(url)
    await h.run()
    expect(h.screen.filter((text) => text.startsWith('[image'))).toHaveLength(1)
  }
})

test('an address in code is code, also while the code is not closed yet', async () => {
  const url = 'https://p.test/cat.png?x-expires=1795&x-signature=abcdef'
  for (const answer of [`Write \`![cat](${url})\` there.`, `\`\`\`md\n![cat](${url})\n\`\`\`\n`]) {
    const h = await setUp({ files })
    const pieces = answer.match(/.{1,7}/gs) ?? []
    h.assistant.onAnswer([started, ...pieces.flatMap((piece) => [delta(piece), wait(10)]), completed])
    await h.say('show me')
    await h.run(5_000)
    expect(h.media.wanted).toEqual([])
  }
})

test('a quote alone is an answer', async () => {
  const h = await withAnswer('> What was said.\n> And more.')
  expect(h.screen).toHaveLength(1)
  expect(h.screen[0]).not.toContain('turn.empty')
})

test('stopped while a picture is fetched, nothing of it comes afterwards', async () => {
  const h = await setUp({ files })
  h.assistant.onAnswer([
    started,
    delta(`Start.\n\n![a cat](${CAT})\n\nMore.\n\n`),
    at(createGate()),
    completed,
  ])
  await asks(h)
  expect(h.screen).toEqual(['Start.'])
  await h.take(command('stop'))
  await h.run()
  const stopped = [...h.screen]
  expect(stopped).toHaveLength(1)
  expect(stopped[0]).toContain('turn.stopped')
  h.media.arrive(CAT)
  await h.run(10_000)
  expect(h.screen).toEqual(stopped)
  expect(await openTurns(h)).toBe(0)
})

test('an answer that is sound alone is a voice message and no apology', async () => {
  const h = await setUp({ files })
  h.assistant.onAnswer([started, { kind: 'audio', bytes: oneSecondOfOpus() }, completed])
  await asks(h)
  expect(h.screen).toEqual(['[voice reply.ogg]'])
  expect(await openTurns(h)).toBe(0)
})

test('where the sound of an answer cannot be sent, the person hears that there was nothing', async () => {
  const h = await setUp({ files })
  h.platform.fail('file', { kind: 'rejected' }, 2)
  h.assistant.onAnswer([started, { kind: 'audio', bytes: oneSecondOfOpus() }, completed])
  await asks(h)
  expect(h.screen).toEqual(['turn.empty'])
  expect(await openTurns(h)).toBe(0)
})

test('a file that was being sent behind a text that stands is sent after a kill, once', async () => {
  const options = { files: { ...files, takesControls: false, imagesPerMessage: 1 }, findsPosted: true }
  for (const fault of ['hang', 'done-then-hang'] as const) {
    const h = await setUp(options)
    h.platform.fail('file', { kind: fault })
    h.assistant.onAnswer(says(`Here: [report.pdf](${REPORT}) it is.`))
    await asks(h)
    h.media.arrive(REPORT, 'file')
    await h.run()
    await h.kill()
    await h.run()
    expect(h.screen).toHaveLength(2)
    expect(h.screen[0]).toContain('it is.')
    expect(h.screen[1]).toBe('[file report.pdf]')
    expect(await openTurns(h)).toBe(0)
  }
})

test('a picture among words that was being sent is sent after a kill, and the text goes on behind it', async () => {
  const h = await setUp({ files, findsPosted: true })
  h.platform.fail('file', { kind: 'hang' })
  h.assistant.onAnswer(says(`Look at ![a cat](${CAT}) here.\n\nIt sleeps.`))
  await asks(h)
  h.media.arrive(CAT)
  await h.run()
  await h.kill()
  await h.run()
  expect(h.screen).toHaveLength(3)
  expect(h.screen[1]).toBe('[image cat.png: a cat]')
  expect(h.screen[2]).toBe('It sleeps.')
})

test('a platform that never answers the post of a picture holds nothing up for long', async () => {
  const h = await setUp({ files, findsPosted: true })
  h.platform.fail('file', { kind: 'done-then-hang' })
  h.assistant.onAnswer(says(`A cat:\n\n![a cat](${CAT})\n\nIt sleeps.`))
  await asks(h)
  h.media.arrive(CAT)
  await h.run(31_000)
  expect(h.screen).toEqual(['A cat:', '[image cat.png: a cat]', 'It sleeps.'])
})

test('a stop ends the wait for the last picture of a complete answer', async () => {
  const h = await withAnswer(`A cat:\n\n![a cat](${CAT})\n\nIt sleeps.`)
  expect(await openTurns(h)).toBe(1)
  await h.take(command('stop'))
  await h.run()
  expect(await openTurns(h)).toBe(0)
  expect(h.screen[0]).toContain('It sleeps.')
})

test('of two files one is sent before a kill and its address is lost: the other comes all the same', async () => {
  const other = 'https://files.test/other.pdf?x-expires=1'
  const h = await setUp({ files: { ...files, takesControls: false }, findsPosted: true })
  h.assistant.onAnswer(says(`Here: [report.pdf](${REPORT}) and [other.pdf](${other}).`))
  await asks(h)
  h.media.arrive(REPORT, 'file')
  await h.run()
  h.platform.fail('file', { kind: 'done-then-hang' })
  h.media.arrive(other, 'file')
  await h.run()
  expect(h.screen.slice(1)).toEqual(['[file report.pdf]'])
  h.media.fail(REPORT)
  await h.kill()
  await h.run()
  expect(h.screen.slice(1)).toEqual(['[file report.pdf]', '[file other.pdf]'])
  expect(await openTurns(h)).toBe(0)
})
