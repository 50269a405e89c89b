// How do the Discord emulator's own tests speak to it, byte by byte? Over fetch and a plain WebSocket.
import { onTestFinished } from 'vitest'
import WebSocket from 'ws'
import {
  startDiscordEmulator,
  type DiscordEmulator,
  type DiscordEmulatorOptions,
  type Guild,
  type Json,
  type Person,
} from '../../src/emulators/discord/index.ts'

const TIMEOUT_MS = 5_000
/** Everything. */
export const ALL_INTENTS = 65_535

export interface Lab {
  readonly emulator: DiscordEmulator
  readonly ann: Person
  readonly lab: Guild
  /** A text channel of the guild. */
  readonly general: string
  /** `/channels/…/messages` of it. */
  readonly messages: string
}

/** An emulator with a person, a guild and a channel; it ends with the test. */
export async function lab(options: DiscordEmulatorOptions = {}): Promise<Lab> {
  const emulator = await startDiscordEmulator({ limits: false, ...options })
  onTestFinished(() => emulator.close())
  const ann = emulator.person({ name: 'Ann' })
  const guild = emulator.guild({ members: [ann] })
  const general = emulator.textChannel(guild, 'general').id
  return { emulator, ann, lab: guild, general, messages: `/channels/${general}/messages` }
}

export interface Answered {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** `{}` where the answer is not a JSON object. */
  readonly json: Json
}

export async function send(
  emulator: DiscordEmulator,
  method: string,
  path: string,
  body?: unknown,
  authorization = `Bot ${emulator.token}`,
): Promise<Answered> {
  const isForm = body instanceof FormData
  const response = await fetch(`${emulator.url}/v10${path}`, {
    method,
    headers: { authorization, ...(isForm ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined
      ? {}
      : { body: isForm ? body : typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, json: jsonOf(text) }
}

export interface Packet {
  readonly op: number
  readonly s: number | null
  readonly t: string | null
  readonly d: unknown
}

export interface Wire {
  readonly socket: WebSocket
  readonly packets: readonly Packet[]
  say(packet: unknown): void
  /** The first packet that fits, from the beginning; waits for it. */
  until(fits: (packet: Packet) => boolean): Promise<Packet>
  /** The first event with this name. */
  event(name: string): Promise<Json>
  /** How it closed. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>
}

/** A plain socket to the gateway that says nothing by itself. */
export function dial(emulator: DiscordEmulator, query = '?v=10&encoding=json'): Wire {
  const socket = new WebSocket(`${emulator.url.replace('http', 'ws').replace('/api', '/')}${query}`)
  onTestFinished(() => socket.terminate())
  const packets: Packet[] = []
  const listeners = new Set<() => void>()
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }))
  })
  socket.on('error', () => undefined)
  socket.on('message', (data: Buffer) => {
    packets.push(JSON.parse(data.toString()) as Packet)
    for (const listener of listeners) listener()
  })
  const until = (fits: (packet: Packet) => boolean): Promise<Packet> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`no such packet among ${JSON.stringify(packets.map(({ op, t }) => t ?? op))}`))
      }, TIMEOUT_MS)
      const look = (): void => {
        const found = packets.find(fits)
        if (found === undefined) return
        clearTimeout(timer)
        listeners.delete(look)
        resolve(found)
      }
      listeners.add(look)
      look()
    })
  return {
    socket,
    packets,
    say: (packet) => socket.send(typeof packet === 'string' ? packet : JSON.stringify(packet)),
    until,
    event: async (name) => (await until(({ t }) => t === name)).d as Json,
    closed,
  }
}

/** A session with these intents. */
export async function identify(
  emulator: DiscordEmulator,
  intents = ALL_INTENTS,
  token = emulator.token,
): Promise<Wire> {
  const wire = dial(emulator)
  await wire.until(({ op }) => op === 10)
  wire.say({ op: 2, d: { token, intents, properties: {} } })
  return wire
}

function jsonOf(text: string): Json {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}
  } catch {
    return {}
  }
}
