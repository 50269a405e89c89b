// The page's beginning: how it looks at first, and where its news come from.

import { h, render } from 'preact'
import type { PageEvent } from '../protocol.ts'
import { App } from './app.ts'
import { begin, latencies, look, take } from './store.ts'
import type { View } from './view.ts'
import { say, speak } from './words.ts'

/** Beside three chats there is room for the drawer. */
const WIDE_PX = 1_200

const { documentElement: html } = document
const system = matchMedia('(prefers-color-scheme: dark)')
const stage = document.getElementById('app') ?? document.body
const [lang, theme] = [kept('lang'), kept('theme')]

begin(
  {
    lang: (lang || navigator.language).startsWith('zh') ? 'zh' : 'en',
    theme: theme === 'light' || theme === 'dark' ? theme : 'auto',
    personId: '',
    platform: 'discord',
    rooms: {},
    drawer: innerWidth < WIDE_PX ? 'closed' : 'coze',
    isAddingPerson: false,
    replies: {},
    trouble: '',
    unread: [],
  },
  (page, view) => {
    dress(view)
    // Another language is another page: every word in it changes.
    render(h(App, { key: view.lang, page, view }), stage)
  },
)
system.onchange = () => look({})
Object.defineProperty(window, 'pageLatencies', { value: () => latencies.all() })

// The browser connects again by itself; the server then says everything anew. Where it answers with a refusal there is no
// second try: five tabs have a stream, and a browser's six connections must leave one for what people do.
const source = new EventSource('events')
source.onopen = () => look({ trouble: '' })
source.onerror = () => look({ trouble: source.readyState === EventSource.CLOSED ? 'refused' : 'away' })
source.onmessage = ({ data }: MessageEvent<string>) => take(JSON.parse(data) as PageEvent)

let dressed = ''
function dress({ lang, theme }: View): void {
  const now = `${lang} ${theme} ${system.matches}`
  if (dressed === now) return
  dressed = now
  speak(lang)
  html.lang = lang === 'zh' ? 'zh-CN' : 'en'
  html.dataset['theme'] = theme === 'auto' ? (system.matches ? 'dark' : 'light') : theme
  document.title = `Coze Bridge · ${say('title')}`
  try {
    localStorage['playground-lang'] = lang
    localStorage['playground-theme'] = theme
  } catch {
    // The browser forbids it: the choice lasts as long as the page.
    return
  }
}

function kept(name: string): string {
  try {
    return localStorage.getItem(`playground-${name}`) ?? ''
  } catch {
    return ''
  }
}
