// How fast does a large file go from Telegram through the bridge to Coze, and what does it cost in memory?

import { defaults, type CozeEmulator } from '../../src/emulators/coze/index.ts'
import type { TelegramEmulator } from '../../src/emulators/telegram/index.ts'
import { startMeasured, type Measured } from './measured.ts'
import { percentile } from './numbers.ts'
import type { UploadWork } from './upload-floor.ts'
import { waitUntil } from './wait.ts'

export interface UploadResult {
  readonly sizeMb: number
  /** Through the bridge: fetched, hashed, uploaded. */
  readonly mbPerS: number
  /** Undici alone, the same bytes to the same server: uploaded, and fetched and uploaded. */
  readonly bareMbPerS: number
  readonly relayedMbPerS: number
  /** Of the bridge, over what it held before. */
  readonly rssRiseMb: number
}

export interface UploadStage {
  readonly coze: CozeEmulator
  /** A self-hosted server: no limit of 20 MB. */
  readonly telegram: TelegramEmulator
  readonly bridge: Measured
  readonly folder: string
}

const MB = 2 ** 20
const WARM_UP_MB = 16
let seed = 0

/** The median of so many rounds; the three sides take turns. */
export async function measureUploads(
  { telegram, ...parts }: Omit<UploadStage, 'telegram'> & Partial<UploadStage>,
  sizeMb: number,
  rounds: number,
): Promise<UploadResult> {
  if (telegram === undefined) throw new Error('Telegram is not there')
  const stage: UploadStage = { ...parts, telegram }
  const { bridge, folder } = stage
  const floor = startMeasured(new URL('./upload-floor.ts', import.meta.url), [], { cwd: folder, env: {} })
  const sides = {
    through: (mb: number) => throughBridge(stage, mb),
    bare: (mb: number) => throughFloor(stage, floor, mb, false),
    relayed: (mb: number) => throughFloor(stage, floor, mb, true),
  }
  for (const side of Object.values(sides)) await side(WARM_UP_MB)
  const { rssMb: before } = await bridge.read()
  const rates = { through: [] as number[], bare: [] as number[], relayed: [] as number[] }
  let peakMb = before
  for (let n = 0; n < rounds; n += 1) {
    bridge.reset()
    rates.through.push(await sides.through(sizeMb))
    peakMb = Math.max(peakMb, (await bridge.read()).peakRssMb)
    rates.bare.push(await sides.bare(sizeMb))
    rates.relayed.push(await sides.relayed(sizeMb))
  }
  await floor.stop()
  return {
    sizeMb,
    mbPerS: percentile(rates.through, 50),
    bareMbPerS: percentile(rates.bare, 50),
    relayedMbPerS: percentile(rates.relayed, 50),
    rssRiseMb: peakMb - before,
  }
}

/** Megabytes a second, from the message to the file at Coze. */
async function throughBridge({ coze, telegram, bridge }: UploadStage, sizeMb: number): Promise<number> {
  const sizeBytes = sizeMb * MB
  const person = telegram.person({ firstName: 'Ann' })
  const chat = telegram.privateChat(person)
  const filesBefore = coze.store.files.size
  const chatsBefore = coze.store.counts.completed
  const sentAtMs = performance.now()
  const file = { name: 'large.pdf', seed: (seed += 1), sizeBytes }
  telegram.sendDocument(person, chat, file, { caption: 'Sum it up.' })
  await waitUntil(() => coze.store.files.size > filesBefore, 1, bridge.output)
  const tookMs = performance.now() - sentAtMs
  await waitUntil(() => coze.store.counts.completed > chatsBefore, 5, bridge.output)
  return rate(sizeMb, tookMs)
}

async function throughFloor(
  { coze, telegram }: UploadStage,
  floor: Measured,
  sizeMb: number,
  isFetched: boolean,
): Promise<number> {
  const work: UploadWork = {
    do: 'upload',
    cozeUrl: coze.url,
    cozeToken: defaults.token,
    name: 'large.pdf',
    sizeBytes: sizeMb * MB,
    seed: (seed += 1),
  }
  const from = isFetched ? await addressOf(telegram, work) : undefined
  const done = floor.hears('done')
  const toldAtMs = performance.now()
  floor.tell({ ...work, ...(from === undefined ? {} : { from }) })
  await done
  return rate(sizeMb, performance.now() - toldAtMs)
}

/** Where the bot fetches a file of this size. */
async function addressOf(
  { url, token, storeFile }: TelegramEmulator,
  { name, seed: from, sizeBytes }: UploadWork,
): Promise<string> {
  const stored = storeFile('document', { name, seed: from, sizeBytes })
  const fileId = 'file_id' in stored ? String(stored['file_id']) : ''
  const answer = await fetch(`${url}/bot${token}/getFile?file_id=${fileId}`)
  const { result } = (await answer.json()) as { readonly result: { readonly file_path: string } }
  return `${url}/file/bot${token}/${result.file_path}`
}

function rate(sizeMb: number, tookMs: number): number {
  return sizeMb / (tookMs / 1_000)
}
