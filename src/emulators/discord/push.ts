// How do interactions reach a bot without a gateway? Posted to its endpoint, signed with the application's key.
import { sign, type KeyObject } from 'node:crypto'
import { applyCallback } from './callbacks.ts'
import { readBody } from './call.ts'
import type { InteractionState } from './store.ts'
import { without, type World } from './world.ts'
import type { Json } from './types.ts'

export interface PushOptions {
  /** Signed with another key's signature, as Discord does now and then to see whether it is checked. */
  readonly badSignature?: boolean
  /** The timestamp lies this far in the past. */
  readonly staleByMs?: number
}

export interface Pushed {
  readonly status: number
  /** JSON, or text where it is none. */
  readonly body: unknown
}

export interface Push {
  /** Posts any interaction, signed; what is answered is not carried out. */
  pushInteraction(url: string, payload: unknown, options?: PushOptions): Promise<Pushed>
  /**
   * From now on interactions go here instead of the gateway. As the portal does, it first sends a PING and one with a
   * bad signature, and throws when the endpoint does not answer 200 `{"type":1}` and 401.
   */
  setInteractionsEndpoint(url: string | undefined): Promise<void>
}

export interface PushParts {
  readonly push: Push
  /** Gives an interaction to the endpoint, or to the gateway when there is none. */
  readonly deliver: (interaction: InteractionState) => void
  close(): void
}

export function createPush(world: World, privateKey: KeyObject): PushParts {
  const closing = new AbortController()
  let endpoint: string | undefined
  const post = async (url: string, payload: unknown, options: PushOptions = {}): Promise<Response> => {
    const body = JSON.stringify(without(payload, world.behaviour.omitted))
    const stamp = String(Math.floor((world.nowMs() - (options.staleByMs ?? 0)) / 1000))
    const signed = sign(
      null,
      Buffer.from(stamp + (options.badSignature === true ? 'other' : body)),
      privateKey,
    )
    return fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Discord-Interactions/1.0 (+https://discord.com)',
        'x-signature-ed25519': signed.toString('hex'),
        'x-signature-timestamp': stamp,
      },
      body,
      signal: AbortSignal.any([closing.signal, AbortSignal.timeout(world.behaviour.interactionAckMs)]),
    })
  }
  const pushInteraction: Push['pushInteraction'] = async (url, payload, options) => {
    const response = await post(url, payload, options)
    const text = await response.text()
    return { status: response.status, body: jsonOr(text) }
  }
  /** What is answered in line counts as the callback; 202 says that it comes by REST. */
  const pushToEndpoint = async (url: string, interaction: InteractionState): Promise<void> => {
    const response = await post(url, interaction.payload)
    const bytes = Buffer.from(await response.arrayBuffer())
    if (response.status !== 200 || bytes.length === 0) return
    const { body, files } = readBody(response.headers.get('content-type') ?? '', bytes)
    applyCallback(world, interaction, { body, files })
  }
  return {
    push: {
      pushInteraction,
      async setInteractionsEndpoint(url) {
        if (url !== undefined) {
          const ping = pingOf(world)
          const good = await pushInteraction(url, ping)
          const bad = await pushInteraction(url, ping, { badSignature: true })
          const isPong = good.status === 200 && (good.body as Json | null)?.['type'] === 1
          if (!isPong || bad.status !== 401)
            throw new Error(
              `the endpoint could not be verified: ${good.status} to a PING, ${bad.status} to a bad one`,
            )
        }
        endpoint = url
      },
    },
    deliver(interaction) {
      if (endpoint === undefined) {
        const { guildId } = interaction
        world.dispatch(
          'INTERACTION_CREATE',
          guildId === undefined ? {} : { guildId },
          () => interaction.payload,
        )
        return
      }
      // What goes wrong here the person sees as "did not respond": no callback.
      void pushToEndpoint(endpoint, interaction).catch(() => undefined)
    },
    close: () => closing.abort(),
  }
}

function pingOf(world: World): Json {
  return {
    id: world.ids.next(),
    application_id: world.applicationId,
    type: 1,
    token: 'ping',
    version: 1,
    entitlements: [],
    authorizing_integration_owners: {},
    user: world.me,
  }
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
