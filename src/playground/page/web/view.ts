// What has the person in front of the page chosen to look at, and which rooms are theirs?

import type { PagePlatform, PageRoom } from '../protocol.ts'
import type { PageState } from './state.ts'
import type { Lang } from './words.ts'

export interface View {
  readonly lang: Lang
  readonly theme: Theme
  readonly personId: string
  /** In front where only one fits: on a phone. */
  readonly platform: PagePlatform
  /** The room open in each pane; a person's direct chat where none was chosen. */
  readonly rooms: Readonly<Partial<Record<PagePlatform, string>>>
  readonly drawer: Drawer
  readonly isAddingPerson: boolean
  /** By room: what is answered with the next message there. */
  readonly replies: Readonly<Record<string, Quoted | undefined>>
  /** The event stream broke and is tried again (`away`), or was refused for good. */
  readonly trouble: '' | 'away' | 'refused'
  /** Rooms with something new that was not looked at. */
  readonly unread: readonly string[]
}
/** All that decides over what is drawn. */
export interface Whole {
  readonly page: PageState
  readonly view: View
}
/** A message that is answered: whose, and its first words. */
export interface Quoted {
  readonly id: string
  readonly author: string
  readonly text: string
}
export type Theme = 'auto' | 'light' | 'dark'
export type Drawer = 'closed' | 'coze' | 'wire'

export const PLATFORMS: readonly PagePlatform[] = ['discord', 'telegram', 'feishu']

const ORDER = ['direct', 'group', 'thread']

/** Their own chat, the group, and its threads. */
export function roomsFor(page: PageState, platform: PagePlatform, personId: string): readonly PageRoom[] {
  return page.rooms
    .filter((room) => room.platform === platform && (room.personId ?? personId) === personId)
    .toSorted((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind))
}

/** The room open in a pane. */
export function openRoom(page: PageState, view: View, platform: PagePlatform): PageRoom | undefined {
  const rooms = roomsFor(page, platform, view.personId)
  return rooms.find(({ id }) => id === view.rooms[platform]) ?? rooms[0]
}
