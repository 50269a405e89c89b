// Does anything Discord, or somebody in its place, can send break the adapter? Its gateway, its webhook, its answers.
import { generateKeyPairSync, sign } from 'node:crypto'
import { createPlatform, type DiscordBody } from '../../../adapters/discord/index.ts'
import { PlatformError } from '../../../src/contract/errors.ts'
import type { SenderId } from '../../../src/contract/event.ts'
import type { Platform, PlatformTools, RawRequest } from '../../../src/contract/platform.ts'
import type { Fetch } from '../../../src/contract/runtime.ts'
import { createMemoryNotes } from '../../support/memory-notes.ts'
import { createSilentMetrics } from '../../support/silent-metrics.ts'
import { keysAsWords } from '../../support/words.ts'
import type { FuzzPath } from '../path.ts'
import { ANSWERS, asBytes, INTERACTIONS, PACKETS } from './discord-seeds.ts'
import {
  CHANNEL_ID,
  createFuzzInbox,
  createHastyClock,
  json,
  newId,
  PERSON_ID,
  startFuzzGateway,
  withNewId,
} from './discord-server.ts'

const ACCOUNT = 'discord'
const BACK_WITHIN_MS = 14_000
/** Some MiB of nothing but brackets take V8 a second to parse, more on a busy machine. */
const LIMIT_MS = 10_000
/** Twice what the webhook reads; what is longer is signed in vain. */
const MAX_SIGNED_BYTES = 2 << 20
const SILENT = { debug: ignore, info: ignore, warn: ignore, error: ignore, child: () => SILENT }

/** Frames as the server writes them to the socket, through discord.js, to the inbox. */
const packets: FuzzPath = {
  name: 'discord-packet',
  limitMs: LIMIT_MS,
  seeds: () => asBytes(PACKETS),
  async open() {
    const gateway = await startFuzzGateway()
    const { heard, inbox } = createFuzzInbox()
    const stopping = new AbortController()
    const platform = make({ token: 'token', apiBase: 'http://discord.test/api' }, gateway.fetch)
    await platform.start(inbox, worldUntil(stopping.signal))
    return {
      feed: (input) => gateway.send(withNewId(input)),
      async probe() {
        const untilMs = performance.now() + BACK_WITHIN_MS
        while (performance.now() < untilMs) {
          const id = newId()
          const author = { id: PERSON_ID, username: 'ann' }
          const message = { id, channel_id: CHANNEL_ID, author, content: 'still there?', type: 0 }
          await gateway.send(JSON.stringify({ op: 0, s: 1, t: 'MESSAGE_CREATE', d: message }))
          await new Promise((resolve) => setTimeout(resolve, 50))
          if (heard.has(`${ACCOUNT}:${CHANNEL_ID}:${id}`)) return
        }
        throw new Error(`a message was not heard; ${JSON.stringify(platform.health())}`)
      },
      async close() {
        stopping.abort()
        await platform.stop()
        await gateway.close()
      },
    }
  },
}

/** Each input twice: signed with the application's key, and with a signature that is not its own. */
const webhook: FuzzPath = {
  name: 'discord-interaction-webhook',
  limitMs: LIMIT_MS,
  seeds: () => asBytes(INTERACTIONS),
  async open() {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    const hex = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('hex')
    const { heard, inbox } = createFuzzInbox()
    const stopping = new AbortController()
    const settings = {
      token: 'token',
      apiBase: 'http://discord.test/api',
      mode: 'interactions',
      publicKey: hex,
    }
    const platform = make(settings, async () => json(200, { id: '1' }))
    await platform.start(inbox, worldUntil(stopping.signal))
    const call = async (body: Buffer, isGood: boolean): Promise<number> => {
      const stamp = String(Math.floor(Date.now() / 1_000))
      const signed = sign(null, Buffer.concat([Buffer.from(stamp), body]), privateKey)
      if (!isGood) signed.writeUInt8(signed.readUInt8(0) ^ 1, 0)
      const request: RawRequest = {
        method: 'POST',
        headers: { 'x-signature-ed25519': signed.toString('hex'), 'x-signature-timestamp': stamp },
        query: {},
        body,
      }
      const answer = await platform.webhook?.handle(request, stopping.signal)
      if (answer?.body !== undefined) JSON.parse(answer.body)
      return answer?.status ?? 0
    }
    return {
      async feed(input) {
        const body = Buffer.from(withNewId(input.subarray(0, MAX_SIGNED_BYTES)))
        const refused = await call(body, false)
        if (![401, 413].includes(refused)) throw new Error(`a wrong signature was answered with ${refused}`)
        const taken = await call(body, true)
        if (![200, 400, 413].includes(taken)) throw new Error(`a right signature was answered with ${taken}`)
      },
      async probe() {
        const seed = asBytes(INTERACTIONS)[1] ?? Buffer.of()
        const body = Buffer.from(withNewId(seed))
        const { id } = JSON.parse(body.toString()) as { readonly id: string }
        if ((await call(body, true)) !== 200 || !heard.has(`${ACCOUNT}:interaction:${id}`))
          throw new Error('a command was not taken')
        // The very same once more does nothing.
        if ((await call(body, true)) !== 400) throw new Error('a replayed command was taken')
      },
      async close() {
        stopping.abort()
        await platform.stop()
      },
    }
  },
}

const STATUSES = [200, 400, 200, 403, 404, 429, 500, 200] as const

/** What the REST API answers while a reply is written: whatever it is, it ends as a result or a `PlatformError`. */
const answers: FuzzPath = {
  name: 'discord-rest-answer',
  limitMs: LIMIT_MS,
  seeds: () => asBytes(ANSWERS),
  async open() {
    let next: { readonly status: number; readonly body: Uint8Array<ArrayBuffer> } | undefined
    let count = 0
    const platform = make({ token: 'token', apiBase: 'http://discord.test/api' }, async () => {
      if (next === undefined) return json(200, { id: '5' })
      return new Response(next.body, { status: next.status, headers: { 'content-type': 'application/json' } })
    })
    const outbox = platform.outboxFor({ account: ACCOUNT, place: { channelId: CHANNEL_ID, direct: false } })
    const words = outbox.renderer.plain('hello')
    const idle = new AbortController().signal
    return {
      async feed(input) {
        next = { status: STATUSES[(count += 1) % STATUSES.length] ?? 200, body: new Uint8Array(input) }
        await told(outbox.post(words, { key: 'key', controls: [] }, idle))
        await told(outbox.findPosted?.('key', idle))
        await told(platform.openDirect?.(String(count) as SenderId, idle))
        await told(platform.parts?.(idle))
      },
      async probe() {
        next = undefined
        if ((await outbox.post(words, { key: 'key', controls: [] }, idle)) !== '5')
          throw new Error('not posted')
      },
      close: () => platform.stop(),
    }
  },
}

const paths: readonly FuzzPath[] = [packets, webhook, answers]
export default paths

async function told(call: Promise<unknown> | undefined): Promise<void> {
  try {
    await call
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error
  }
}

function make(settings: object, fetch: Fetch): Platform<DiscordBody> {
  const tools: PlatformTools = {
    clock: createHastyClock(),
    log: SILENT,
    metrics: createSilentMetrics(),
    words: keysAsWords,
    fetch,
  }
  return createPlatform(ACCOUNT, settings, tools)
}

function worldUntil(signal: AbortSignal): Parameters<Platform['start']>[1] {
  return { commands: [], memory: createMemoryNotes(), signal }
}

function ignore(): void {
  // Ten thousand inputs make ten thousand lines.
}
