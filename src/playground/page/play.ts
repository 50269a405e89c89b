// What is played on the page? Emulated Coze and platforms in this process, the bridge as its own, people, and what they do.

import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaults, startCozeEmulator } from '../../emulators/coze/index.ts'
import { PLATFORM_NAMES, seatsOf } from '../seats.ts'
import { bridgeEnv, closeEmulators, startEmulators } from '../stage.ts'
import { createBoard, type Board } from './board.ts'
import { createBridgeKeeper, type BridgeKeeper, type CozeAccess, type Launch } from './bridge.ts'
import { BEHAVIOURS, FIRST_BEHAVIOUR } from './coze/behaviours.ts'
import { pageCoze } from './coze/stage-coze.ts'
import { HINTS } from './hints.ts'
import type { Pane } from './pane.ts'
import { createDiscordPane } from './panes/discord.ts'
import { createFeishuPane } from './panes/feishu.ts'
import { createTelegramPane } from './panes/telegram.ts'
import type { PageCoze, PageEvent, PagePerson } from './protocol.ts'
import { createShelf, type Shelf } from './shelf.ts'
import { createWire } from './wire.ts'
import { Wrong } from './wrong.ts'

export interface Play {
  readonly board: Board
  readonly shelf: Shelf
  readonly bridge: BridgeKeeper
  /** Of the platform this room is on; throws `Wrong`. */
  paneOf(roomId: string): Pane
  addPerson(name: string, locale: PagePerson['locale']): PagePerson
  behave(behaviour: string): void
  useCoze(access: Omit<CozeAccess, 'kind'>): Promise<void>
  useEmulated(): Promise<void>
  /** What a page is told first. */
  everything(): readonly PageEvent[]
  /** Ends the bridge in its own time, then the emulators. */
  close(): Promise<void>
}

const MAX_PEOPLE = 12

/** Resolves when the platforms are there; the bridge is still starting then. */
export async function openPlay(publish: (event: PageEvent) => void, launch: Launch): Promise<Play> {
  const folder = await mkdtemp(join(tmpdir(), 'coze-bridge-page-'))
  let behaviour = FIRST_BEHAVIOUR
  const wire = createWire((calls) => publish({ kind: 'wire', calls }))
  const coze = await startCozeEmulator({ ...pageCoze(() => behaviour), ...wire.coze })
  const emulators = await startEmulators(PLATFORM_NAMES, wire.emulators)
  const { discord, telegram, feishu } = emulators
  if (discord === undefined || telegram === undefined || feishu === undefined)
    throw new Error('the page needs every platform')
  const seats = seatsOf(emulators)
  const board = createBoard(publish)
  const shelf = createShelf()
  const parts = { board, shelf }
  const panes: readonly Pane[] = [
    createDiscordPane(discord, parts),
    createTelegramPane(telegram, parts),
    createFeishuPane(feishu, parts),
  ]
  const bridge = createBridgeKeeper({
    folder,
    env: bridgeEnv({ coze, ...emulators }, ''),
    secrets: () => [defaults.token, ...seats.flatMap((seat) => seat.secrets())],
    listens: () => seats.every((seat) => seat.isConnected()),
    tell: (state) => publish({ kind: 'bridge', bridge: state }),
    launch,
  })
  let cozeNow: PageCoze = { kind: 'emulated', behaviour }
  const tellCoze = (next: PageCoze): void => {
    cozeNow = next
    publish({ kind: 'coze', coze: next })
  }
  const emulated: CozeAccess = {
    kind: 'emulated',
    apiBase: coze.url,
    token: defaults.token,
    botId: defaults.botId,
  }
  let people = 0
  const play: Play = {
    board,
    shelf,
    bridge,
    paneOf(roomId) {
      const pane = panes.find(({ platform }) => roomId.startsWith(`${platform}:`))
      if (pane === undefined) throw new Wrong('There is no such room.')
      return pane
    },
    addPerson(name, locale) {
      if (people >= MAX_PEOPLE) throw new Wrong(`${MAX_PEOPLE} people are enough for one page.`)
      people += 1
      const person: PagePerson = { id: `person-${people}`, name, locale }
      board.person(person)
      for (const pane of panes) pane.join(person)
      return person
    },
    behave(chosen) {
      if (!BEHAVIOURS.some(({ id }) => id === chosen)) throw new Wrong('There is no such behaviour.')
      behaviour = chosen
      if (cozeNow.kind === 'emulated') tellCoze({ kind: 'emulated', behaviour })
    },
    async useCoze(access) {
      tellCoze({ kind: 'real', apiBase: access.apiBase, botId: access.botId })
      await bridge.start({ kind: 'real', ...access })
    },
    async useEmulated() {
      tellCoze({ kind: 'emulated', behaviour })
      await bridge.start(emulated)
    },
    everything: () => [
      {
        kind: 'hello',
        people: board.people,
        rooms: board.rooms,
        commands: board.allCommands,
        coze: cozeNow,
        bridge: bridge.now,
        behaviours: BEHAVIOURS.map(({ id, label, says }) => ({ id, label, says })),
        hints: HINTS,
      },
      ...board.history(),
      { kind: 'wire', calls: wire.calls },
    ],
    async close() {
      for (const pane of panes) pane.close()
      wire.close()
      await bridge.stop()
      await Promise.all([coze.close(), closeEmulators(emulators)])
    },
  }
  play.addPerson('Ann', 'en')
  play.addPerson('小明', 'zh')
  await bridge.start(emulated)
  return play
}
