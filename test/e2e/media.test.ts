// Does what people send reach Coze, whole and once, whatever happens meanwhile?

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makePng } from '../../src/emulators/common/png.ts'
import { seededBytes, sha256Of } from '../../src/emulators/common/bytes.ts'
import { defaults, wait } from '../../src/emulators/coze/index.ts'
import { PLATFORM_NAMES, type PlatformName } from '../../src/playground/seats.ts'
import { pdfOf } from '../../src/playground/script/media/things.ts'
import {
  askedWith,
  handsAt,
  mediaStage,
  questionsWith,
  sendLarge,
  uploadsOf,
  type AllStage,
} from '../support/e2e-media.ts'
import { until } from '../support/e2e-stage.ts'

const UPLOAD = '/v1/files/upload'

describe.concurrent('files on their way to Coze', () => {
  test('of twenty people at once keep to the upload limit, and all arrive', async (context) => {
    const stage = await mediaStage(context, { platforms: ['telegram'] })
    const given = Array.from({ length: 20 }, (_, n) => pdfOf(`the plan of person ${n}`, `plan-${n}.pdf`))
    for (const [n, file] of given.entries())
      handsAt(stage, 'telegram', `P${n}`).sendFile(file, `What of plan ${n}?`)
    await Promise.all(
      given.map(async ({ bytes }, n) => askedWith(stage, `plan ${n}?`, [await sha256Of(bytes)])),
    )
    const { refusedByRate, peakPerSecond } = stage.coze.store.uploads
    expect(refusedByRate).toBe(0)
    expect(peakPerSecond).toBeLessThanOrEqual(10)
    expect(stage.coze.store.files.size).toBe(20)
  })

  test('with the same bytes are uploaded once, whoever sends them, also at the same time', async (context) => {
    const stage = await mediaStage(context)
    const file = pdfOf('what everybody sends', 'common.pdf')
    const sha256 = await sha256Of(file.bytes)
    for (const platform of PLATFORM_NAMES) handsAt(stage, platform).sendFile(file, `seen on ${platform}`)
    const first = await Promise.all(
      PLATFORM_NAMES.map((platform) => askedWith(stage, `seen on ${platform}`, [sha256])),
    )
    const again = handsAt(stage, 'telegram', 'Bob')
    again.sendFile({ ...file, name: 'another-name.pdf' }, 'seen again')
    const last = await askedWith(stage, 'seen again', [sha256])
    expect(uploadsOf(stage, sha256)).toHaveLength(1)
    expect(new Set([...first, last].map(({ items }) => items[0]?.fileId)).size).toBe(1)
  })

  test('survive a kill in mid-upload: after the next start each whole question is asked once', async (context) => {
    const stage = await mediaStage(context)
    const { coze } = stage
    const open = coze.faults.always(UPLOAD, { holdBody: { gate: 'upload', afterBytes: 100_000 } })
    // More than all buffers on the way hold.
    const given = PLATFORM_NAMES.map((platform, seed) => ({ platform, seed, sizeBytes: 16 * 2 ** 20 }))
    for (const { platform, ...file } of given)
      sendLarge(stage, platform, { name: 'half.pdf', ...file }, `killed on ${platform}`)
    await until(stage, 'three uploads are half there', () => coze.held('upload') === given.length)
    await until(stage, 'people see how far they are', () =>
      PLATFORM_NAMES.every((name) => JSON.stringify(stage[name].store.calls).includes('⏫ half')),
    )
    await stage.bridge.kill()
    expect(coze.store.questions).toEqual([])
    open()
    coze.release('upload')
    await until(stage, 'the broken uploads are noticed', () => coze.store.uploads.underWay === 0)
    expect(coze.store.files.size).toBe(0)
    await stage.start()
    for (const { platform, seed, sizeBytes } of given) {
      const sha256 = await sha256Of(seededBytes(seed, sizeBytes))
      await askedWith(stage, `killed on ${platform}`, [sha256])
      expect(uploadsOf(stage, sha256)).toHaveLength(1)
    }
    expect(coze.store.questions).toHaveLength(given.length)
  })

  test('wait in their lane longer than the links of their platform last', async (context) => {
    const stage = await mediaStage(context)
    const { coze } = stage
    coze.setScript(defaults.botId, function* ({ query }) {
      if (query.startsWith('slow')) yield { gate: query }
      yield wait(0)
      yield { say: `Done: ${query}` }
    })
    const given = await Promise.all(
      PLATFORM_NAMES.map(async (platform, n) => {
        const hands = handsAt(stage, platform)
        const picture = { name: 'late.png', bytes: makePng({ widthPx: 40, heightPx: 30, seed: n }) }
        hands.say(`slow on ${platform}`)
        await until(stage, 'the first one is being answered', () => coze.held(`slow on ${platform}`) === 1)
        hands.sendPictures([picture], `late on ${platform}`)
        return { platform, sha256: await sha256Of(picture.bytes) }
      }),
    )
    await until(stage, 'the files are at Coze', () =>
      given.every(({ sha256 }) => uploadsOf(stage, sha256).length > 0),
    )
    stage.discord.faults.expireAttachments()
    stage.telegram.expireFileLinks()
    for (const { platform } of given) expect(questionsWith(stage, `late on ${platform}`)).toEqual([])
    for (const { platform } of given) coze.release(`slow on ${platform}`)
    for (const { platform, sha256 } of given) await askedWith(stage, `late on ${platform}`, [sha256])
  })

  test('are read from the disk of a Bot API server of one’s own, larger than Telegram hands out', async (context) => {
    const localDir = await mkdtemp(join(tmpdir(), 'coze-bridge-bot-api-'))
    context.onTestFinished(() => rm(localDir, { recursive: true, force: true }))
    const stage = await mediaStage(context, {
      platforms: ['telegram'],
      telegram: { server: 'local', localDir },
      telegramLines: `localFiles: "${localDir}"`,
    })
    const file = { name: 'from-disk.pdf', seed: 5, sizeBytes: 30 * 2 ** 20 }
    sendLarge(stage, 'telegram', file, 'what is on your disk?')
    const sha256 = await sha256Of(seededBytes(file.seed, file.sizeBytes))
    await askedWith(stage, 'what is on your disk?', [sha256])
    expect(stage.telegram.store.downloads).toEqual([])
  })

  test('may be what a message answers: they come with the question', async (context) => {
    const stage = await mediaStage(context)
    const given = await Promise.all(
      PLATFORM_NAMES.map(async (platform, n) => {
        const picture = { name: 'before.png', bytes: makePng({ widthPx: 50, heightPx: 50, seed: 100 + n }) }
        await quotePicture(stage, platform, picture, `what is on that one of ${platform}?`)
        return { platform, sha256: await sha256Of(picture.bytes) }
      }),
    )
    for (const { platform, sha256 } of given)
      await askedWith(stage, `what is on that one of ${platform}?`, [sha256])
  })
})

/** A picture that has nothing to do with the bot; later it is asked about. */
async function quotePicture(
  stage: AllStage,
  platform: PlatformName,
  picture: { readonly name: string; readonly bytes: Buffer },
  words: string,
): Promise<void> {
  switch (platform) {
    case 'telegram': {
      const { telegram } = stage
      const ann = telegram.person({ firstName: 'Ann' })
      const group = telegram.group({ members: [ann] })
      const sent = telegram.sendPhoto(ann, group, picture)
      telegram.say(ann, group, `@${telegram.username} ${words}`, { replyTo: sent })
      return
    }
    case 'discord': {
      const { discord } = stage
      const ann = discord.person({ name: 'Ann' })
      // In a guild nobody may read what does not mention them: this one was asked about before.
      const channel = discord.directChannel(ann)
      const sent = discord.say(ann, channel, 'my first picture', { files: [picture] })
      await until(stage, 'the first question', () => questionsWith(stage, 'my first picture').length > 0)
      discord.say(ann, channel, words, { replyTo: sent })
      return
    }
    case 'feishu': {
      const { feishu } = stage
      const ann = feishu.person({ name: 'Ann' })
      const group = feishu.group({ members: [ann] })
      const sent = feishu.say(ann, group.id, '', { image: picture })
      feishu.say(ann, group.id, words, { replyTo: sent, mention: true })
    }
  }
}
