// A turn that cannot begin yet waits outside: stoppable, with its place on the screen, and little more than its record.

import type { Logger } from '../../contract/runtime.ts'
import type { PartRecord } from '../../contract/turn.ts'
import { languageFor } from '../language.ts'
import { pseudonym, routeFor } from '../route.ts'
import { createKeeper } from './keep.ts'
import { openStatusLine } from './lines.ts'
import { stopToken } from './tokens.ts'
import type { LobbyPlace } from '../lobby.ts'
import type { BridgeWorld, LiveTurn } from '../world.ts'

/** Resolves when the turn may begin, with what to call once it was asked or is over. Rejects when the process lets go. */
export async function waitOutside(turn: LiveTurn, world: BridgeWorld, log: Logger): Promise<() => void> {
  const { state, asked } = turn.record
  if (!world.lobby || state.phase !== 'accepted' || turn.stop.signal.aborted) return () => undefined
  const token = stopToken(turn.record.id, world)
  world.stops.set(token, turn)
  let showing: Promise<void> = Promise.resolve()
  const leave = await world.lobby.enter({
    account: asked.address.account,
    person: pseudonym(world.salt, asked),
    stop: turn.stop.signal,
    letGo: world.letGo,
    tell: (place) => (showing = show(turn, world, log, place)),
  })
  // The reply goes on in the message that shows the place: it has to be known.
  await showing
  world.stops.delete(token)
  return leave
}

async function show(turn: LiveTurn, world: BridgeWorld, log: Logger, place: LobbyPlace): Promise<void> {
  const { record } = turn
  const route = routeFor(record.asked, record.command?.name, world.policy)
  // A run in the background shows nothing before its result.
  if (record.command !== undefined) return
  const { saveParts } = createKeeper(turn, world, log)
  try {
    const save = (parts: readonly PartRecord[]): Promise<void> => saveParts(parts)
    const line = openStatusLine(turn, world, route, log, save)
    const params = { place: place.ahead + 1, seconds: Math.ceil(place.waitMs / 1_000) }
    line.show(
      world.words.say({ key: 'queue.position', params }, languageFor(record.asked, route, world.policy)),
    )
    await line.shown()
  } catch (error) {
    log.debug({ reason: String(error) }, 'the place in line could not be shown')
  }
}
