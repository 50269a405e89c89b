// What does the bar at the top hold: the name, who one is, how the bridge does, language, colours, the drawer?

import { h } from 'preact'
import { unreadDot } from './pane.ts'
import { look, open } from './store.ts'
import { avatar, button, div, icon, small, span } from './tags.ts'
import { openRoom, PLATFORMS, roomsFor, type Whole } from './view.ts'
import { say } from './words.ts'

const NEXT = { auto: 'light', light: 'dark', dark: 'auto' } as const

export function Bar({ page, view }: Whole) {
  const { lang, theme, drawer, personId } = view
  const other = lang === 'en' ? 'zh' : 'en'
  const title = say('theme', { now: say(theme) })
  const toggle = () => look({ drawer: drawer === 'closed' ? 'coze' : 'closed' })
  return h(
    'header',
    { class: 'bar' },
    h('h1', { title: say('tagline') }, span('logo'), span('', 'Coze Bridge'), small('', say('title'))),
    h(
      'div',
      { class: 'people', role: 'group', 'aria-label': say('youAre') },
      span('youare', say('youAre')),
      page.people.map(({ id, name }) =>
        button(
          '',
          () => look({ personId: id }),
          { key: id, 'aria-pressed': id === personId, title: name },
          avatar(name),
          span('', name),
        ),
      ),
      button(
        'more',
        () => look({ isAddingPerson: true }),
        { title: say('addPerson'), 'aria-label': say('addPerson') },
        icon('add'),
      ),
    ),
    div(
      'tools',
      button(
        `bridge ${page.bridge.state}`,
        () => look({ drawer: 'coze' }),
        {},
        span('lamp'),
        h('span', { role: 'status' }, say('bridge'), ' ', say(page.bridge.state)),
      ),
      button('tool', () => look({ lang: other }), { lang: other }, say('other')),
      button('tool', () => look({ theme: NEXT[theme] }), { title, 'aria-label': title }, icon(theme)),
      button(
        'tool',
        toggle,
        { title: say('controls'), 'aria-label': say('controls'), 'aria-expanded': drawer !== 'closed' },
        icon('tools'),
      ),
    ),
    h(
      'nav',
      { class: 'tabs', 'aria-label': say('platforms') },
      PLATFORMS.map((platform) =>
        button(
          platform,
          () => open(platform, openRoom(page, view, platform)?.id ?? ''),
          { 'aria-current': platform === view.platform },
          say(platform),
          roomsFor(page, platform, personId).some(({ id }) => view.unread.includes(id)) && unreadDot(),
        ),
      ),
    ),
  )
}
