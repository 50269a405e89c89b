// What belongs to one platform's pane: its rooms, the open room's talk, the composer, what pops up?

import { h } from 'preact'
import type { PageRoom, PagePlatform } from '../protocol.ts'
import { Composer } from './composer.ts'
import { part } from './part.ts'
import { NOTHING_SAID, type PageState } from './state.ts'
import { look, open } from './store.ts'
import { button, div, h2, icon, p, span } from './tags.ts'
import { Talk } from './talk.ts'
import { openRoom, roomsFor, type View } from './view.ts'
import { say } from './words.ts'

interface Props {
  readonly platform: PagePlatform
  readonly page: PageState
  readonly view: View
}

const ICONS = { direct: 'bot', group: 'group', thread: 'thread' } as const

export const Pane = part<Props>((again) => {
  let isOver = false
  const over = (value: boolean) => {
    if (isOver === value) return
    isOver = value
    again()
  }

  return ({ platform, page, view }) => {
    const { personId, unread } = view
    const room = openRoom(page, view, platform)
    const rooms = roomsFor(page, platform, personId)
    const { messages, typingUntilMs } = page.talks[room?.id ?? ''] ?? NOTHING_SAID
    const tab = ({ id, kind, title }: PageRoom) =>
      button(
        '',
        () => open(platform, id),
        { key: id, title, 'aria-current': id === room?.id },
        icon(ICONS[kind]),
        span('', kind === 'thread' ? title : say(kind)),
        unread.includes(id) && unreadDot(),
      )
    return h(
      'section',
      {
        class: `pane ${platform} ${view.platform === platform ? 'front' : ''} ${isOver ? 'over' : ''}`,
        'aria-label': say(platform),
        onFocusIn: () => view.platform === platform || look({ platform }),
        onDragOver: (event: DragEvent) => {
          event.preventDefault()
          over(true)
        },
        onDragLeave: () => over(false),
        onDrop: (event: DragEvent) => {
          event.preventDefault()
          over(false)
          dropped(event)
        },
      },
      h(
        'header',
        null,
        h('span', { class: `mark ${platform}`, 'aria-hidden': true }, say(platform)[0]),
        h2('', say(platform)),
        h('nav', { 'aria-label': say('rooms') }, rooms.map(tab)),
      ),
      room && h(Talk, { key: room.id, room, messages, typingUntilMs, personId, rooms: page.rooms }),
      room &&
        h(Composer, { key: `to ${room.id}`, room, commands: page.commands, replyTo: view.replies[room.id] }),
      div('drop', icon('add'), say('attach')),
      h(
        'div',
        { class: 'toasts', role: 'status' },
        page.toasts
          .filter((toast) => toast.platform === platform && toast.personId === personId)
          .map(({ text }) => p('toast', text)),
      ),
    )
  }
})

export function unreadDot() {
  return h('span', { class: 'dot', role: 'img', 'aria-label': say('unread') })
}

/** The composer's own picker takes what was dropped anywhere on its pane. */
function dropped({ currentTarget, dataTransfer }: DragEvent): void {
  const picker =
    currentTarget instanceof Element && currentTarget.querySelector<HTMLInputElement>('.line [type=file]')
  if (!picker || !dataTransfer?.files.length) return
  picker.files = dataTransfer.files
  picker.dispatchEvent(new Event('change'))
}
