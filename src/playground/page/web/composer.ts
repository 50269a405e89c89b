// How is a message written: text, files, mention, answer to another, command?

import { h, type TargetedClipboardEvent, type TargetedKeyboardEvent } from 'preact'
import type { PageCommand, PageRoom } from '../protocol.ts'
import { Attached } from './attached.ts'
import { valueOf } from './controls.ts'
import { FormView, type FormValues } from './form.ts'
import { part } from './part.ts'
import { me, post, reply } from './store.ts'
import { b, div, focusFirst, icon, span, symbol } from './tags.ts'
import type { Quoted } from './view.ts'
import { isZh, say } from './words.ts'

interface Props {
  readonly room: PageRoom
  readonly commands: readonly PageCommand[]
  readonly replyTo: Quoted | undefined
}

/** What was begun in each room, kept while another one is open. */
const begun = new Map<string, string>()

export const Composer = part<Props>((again) => {
  const files = new Attached(again)
  let now: Props
  let field: HTMLTextAreaElement | null = null
  let picker: HTMLInputElement | null = null
  let isMention = true
  let command: PageCommand | undefined
  let chosen = 0
  let isMenuOff = false
  /** The text field was away, and takes the focus when it is there again. */
  let isBack = false
  let answered: Quoted | undefined

  const text = () => begun.get(now.room.id) ?? ''
  const type = (value: string) => {
    begun.set(now.room.id, value)
    chosen = 0
    isMenuOff = false
    again()
  }
  const fill = (which?: PageCommand) => {
    command = which
    isBack = true
    again()
  }
  /** None unless the line is the beginning of a command's name. */
  const fitting = () => {
    const typed = /^\/(\S*)$/.exec(text())?.[1]?.toLowerCase()
    if (typed === undefined || isMenuOff) return []
    const isFit = ({ platform, name }: PageCommand) =>
      platform === now.room.platform && name.startsWith(typed)
    return now.commands.filter(isFit)
  }
  const run = async (name: string, values: FormValues) => {
    const { id, platform } = now.room
    const isTaken = await post({ do: 'command', roomId: id, personId: me(), name, values }, platform)
    if (isTaken) fill()
    return isTaken
  }
  const pick = (picked: PageCommand | undefined) => {
    if (!picked) return
    const isForm = now.room.platform === 'discord'
    type(isForm ? '' : `/${picked.name} `)
    if (isForm && picked.options.length > 0) fill(picked)
    else if (isForm) void run(picked.name, {})
  }
  const send = async (): Promise<void> => {
    const { room, replyTo } = now
    const said = text().trim()
    if ((said === '' && files.ids.length === 0) || files.isBusy) return
    const isTaken = post(
      {
        do: 'say',
        roomId: room.id,
        personId: me(),
        text: said,
        mention: isMention && room.kind !== 'direct',
        ...(replyTo ? { replyTo: replyTo.id } : {}),
        fileIds: files.ids,
      },
      room.platform,
    )
    type('')
    files.clear()
    if (!(await isTaken) && text() === '') type(said)
  }
  /** Where a command is a line of text, its name alone is one already. */
  const isWholeLine = (one: PageCommand | undefined) =>
    now.room.platform !== 'discord' && text() === `/${one?.name ?? ''}`
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLElement>) => {
    const { key } = event
    const fits = fitting()
    const step = key === 'ArrowDown' ? 1 : key === 'ArrowUp' ? -1 : 0
    // Enter that ends the choice of a Chinese character sends nothing.
    if (event.isComposing) return
    if (key === 'Escape') {
      isMenuOff = true
      if (fits.length === 0 && now.replyTo) reply(now.room.id, undefined)
      again()
    } else if (fits.length > 0 && step !== 0) {
      chosen = (chosen + step + fits.length) % fits.length
      again()
      document.getElementById(`menu-${now.room.id}${chosen}`)?.scrollIntoView({ block: 'nearest' })
    } else if (fits.length > 0 && (key === 'Tab' || (key === 'Enter' && !isWholeLine(fits[chosen]))))
      pick(fits[chosen])
    else if (key === 'Enter' && !event.shiftKey) void send()
    else return
    event.preventDefault()
  }
  const holdField = (element: HTMLTextAreaElement | null) => {
    field = element
    if (!element) return
    if (isBack) element.focus()
    isBack = false
  }
  const holdPicker = (element: HTMLInputElement | null) => {
    picker = element
  }
  const onPaste = (event: TargetedClipboardEvent<HTMLElement>) => {
    if (files.add(event.clipboardData?.files)) event.preventDefault()
  }
  const menu = (fits: readonly PageCommand[], id: string) =>
    h(
      'ul',
      { id, class: 'menu', role: 'listbox', 'aria-label': say('commands') },
      fits.map((one, n) => {
        const onMouseDown = (event: Event) => {
          // The text field keeps the focus.
          event.preventDefault()
          pick(one)
        }
        const more = { id: `${id}${n}`, role: 'option', 'aria-selected': n === chosen, onMouseDown } as const
        return h('li', more, b('', '/', one.name), span('', (isZh() && one.descriptionZh) || one.description))
      }),
    )

  return (props) => {
    now = props
    const { room, replyTo } = props
    const isGroup = room.kind !== 'direct'
    const fits = fitting()
    const menuId = `menu-${room.id}`
    if (replyTo !== answered) {
      answered = replyTo
      if (replyTo) setTimeout(() => field?.focus())
    }
    if (command) {
      const { name, description, options } = command
      const form = { id: name, title: name, fields: options, submitLabel: say('run') }
      return h(
        'div',
        {
          class: 'composer filling',
          ref: focusFirst,
          onKeyDown: ({ key }: KeyboardEvent) => key === 'Escape' && fill(),
        },
        h('h3', null, '/', name, span('', description)),
        h(FormView, { form, submit: (values) => run(name, values), cancel: () => fill() }),
      )
    }
    const label = say('write', { where: room.title })
    const toggleMention = () => {
      isMention = !isMention
      again()
    }
    return div(
      'composer',
      fits.length > 0 && menu(fits, menuId),
      replyTo &&
        div(
          'replying',
          icon('reply'),
          span('', b('', replyTo.author), ' ', replyTo.text),
          symbol('close', say('cancel'), () => reply(room.id, undefined)),
        ),
      files.list(),
      div(
        'line',
        symbol(room.platform === 'telegram' ? 'clip' : 'add', say('attach'), () => picker?.click()),
        h('input', {
          ref: holdPicker,
          type: 'file',
          multiple: true,
          hidden: true,
          onChange: () => {
            files.add(picker?.files)
            if (picker) picker.value = ''
          },
        }),
        h('textarea', {
          ref: holdField,
          rows: 1,
          value: text(),
          placeholder: label,
          'aria-label': `${say(room.platform)}: ${label}`,
          'aria-autocomplete': 'list',
          'aria-controls': fits[0] && menuId,
          'aria-activedescendant': fits[0] && `${menuId}${chosen}`,
          onInput: (event: Event) => type(valueOf(event)),
          onKeyDown,
          onBlur: () => {
            isMenuOff = true
            again()
          },
          onPaste,
        }),
        isGroup && symbol('at', say('mention'), toggleMention, 'at', { 'aria-pressed': isMention }),
        symbol('send', say('send'), () => void send(), 'send', { 'aria-disabled': files.isBusy }),
      ),
    )
  }
})
