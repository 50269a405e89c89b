// People who send files, on any platform, and what of them stands at Coze.

import { readFileSync } from 'node:fs'
import { expect, type TestContext } from 'vitest'
import type { FileRecord, QuestionRecord } from '../../src/emulators/coze/index.ts'
import type { Hands } from '../../src/playground/hands/hands.ts'
import { venuesOf } from '../../src/playground/hands/venues.ts'
import { platformLines } from '../../src/playground/script/platform-lines.ts'
import { PLATFORM_NAMES, type PlatformName } from '../../src/playground/seats.ts'
import { openE2eStage, until, type E2eOptions, type E2eParts, type E2eStage } from './e2e-stage.ts'

export type AllStage = E2eStage<PlatformName>

/** Long enough that a question sent right after its picture finds it, however busy the machine is. */
const MERGE_MS = 1_000

export interface MediaOptions extends Omit<E2eOptions<PlatformName>, 'yaml'> {
  /** What stands under the route's `media` and `voice`. */
  readonly media?: string
  readonly voice?: string
  /** More of `coze`, of `telegram`, and of the file. */
  readonly cozeLines?: string
  readonly telegramLines?: string
  readonly more?: string
}

/** All platforms unless said otherwise; closed with the test. */
export async function mediaStage(
  { onTestFinished }: TestContext,
  { media = '', voice = '', cozeLines = '', telegramLines = '', more = '', ...options }: MediaOptions = {},
): Promise<AllStage> {
  const platforms = options.platforms ?? PLATFORM_NAMES
  const lines = platformLines(platforms)
  const yaml = `coze:
  apiBase: "\${env:COZE_API_BASE}"
  auth: { kind: token, token: "\${env:COZE_API_TOKEN}" }
  ${cozeLines === '' ? 'limits: { chatsPerSecond: 0 }' : cozeLines}
agents: { default: { bot: "\${env:COZE_BOT_ID}" } }
platforms:
${telegramLines === '' ? lines : lines.replace('telegram: {', `telegram: { ${telegramLines},`)}
routes:
  - media: { mergeWindowMs: ${MERGE_MS}${media === '' ? '' : `, ${media}`} }
    voice: { ${voice} }
${more}
`
  const stage = await openE2eStage({ ...options, platforms, yaml })
  onTestFinished(() => stage.close())
  return stage
}

/** Somebody alone with the bot. */
export function handsAt(stage: AllStage, platform: PlatformName, name = 'Ann'): Hands {
  const venue = venuesOf(stage).get(platform)
  if (venue === undefined) throw new Error(`${platform} is not on this stage`)
  return venue.privately({ name, locale: 'en', onDeed: () => undefined })
}

/** A file of any size, whose bytes are made while they are read. */
export interface LargeFile {
  readonly name: string
  readonly seed: number
  readonly sizeBytes: number
}

/** Somebody new sends it, with words beside or after it. Gives what the bot's messages say there. */
export function sendLarge(
  stage: AllStage,
  platform: PlatformName,
  { name, seed, sizeBytes }: LargeFile,
  words: string,
): () => string {
  const join = (texts: readonly { readonly byBot: boolean; readonly text: string }[]): string =>
    texts.flatMap(({ byBot, text }) => (byBot ? [text] : [])).join('\n')
  switch (platform) {
    case 'telegram': {
      const { telegram } = stage
      const ann = telegram.person({ firstName: 'Ann' })
      const chat = telegram.privateChat(ann)
      telegram.sendDocument(ann, chat, { name, seed, sizeBytes }, { caption: words })
      return () => join(telegram.screen(chat))
    }
    case 'discord': {
      const { discord } = stage
      const ann = discord.person({ name: 'Ann' })
      const channel = discord.directChannel(ann)
      discord.say(ann, channel, words, { files: [{ name, bytes: { seed, sizeBytes } }] })
      return () => join(discord.screen(channel.id))
    }
    case 'feishu': {
      const { feishu } = stage
      const ann = feishu.person({ name: 'Ann' })
      const chat = feishu.p2p(ann)
      feishu.say(ann, chat.id, '', { file: { name, bytes: { seed, sizeBytes } } })
      feishu.say(ann, chat.id, words)
      return () => join(feishu.screen(chat.id))
    }
  }
}

/** Questions with these words, or with a file of this hash. */
export function questionsWith({ coze }: E2eParts, mark: string): readonly QuestionRecord[] {
  return coze.store.questions.filter(
    ({ text, items }) => text.includes(mark) || items.some(({ sha256 }) => sha256 === mark),
  )
}

/** Waits for the question with these words; it has these files, in order, and was asked once. */
export async function askedWith(
  stage: E2eParts,
  words: string,
  hashes: readonly string[],
  withinMs?: number,
): Promise<QuestionRecord> {
  await until(stage, `Coze is asked "${words}"`, () => questionsWith(stage, words).length > 0, withinMs)
  const questions = questionsWith(stage, words)
  expect(questions, `Coze was asked "${words}" once`).toHaveLength(1)
  expect(questions[0]!.items.map(({ sha256 }) => sha256)).toEqual(hashes)
  return questions[0]!
}

export function uploadsOf({ coze }: E2eParts, sha256: string): readonly FileRecord[] {
  return [...coze.store.files.values()].filter((file) => file.sha256 === sha256)
}

/** All that the bot's messages say to this person. */
export function wordsSeen(hands: Hands): string {
  return hands
    .shown()
    .map(({ text }) => text)
    .join('\n')
}

export async function seesWords(stage: E2eParts, hands: Hands, words: string): Promise<void> {
  await until(stage, `${hands.platform} shows "${words}"`, () => wordsSeen(hands).includes(words))
}

/** What the bridge's process holds in memory now (Linux). */
export function rssMb({ bridge }: E2eParts): number {
  const status = readFileSync(`/proc/${bridge.pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1_024
}
