// How does a question to a person stand on the screen? Buttons, a form, or plain words: the best the place has. Pure.

import type { Control, Form, FormField, Limits } from '../../contract/platform.ts'
import type { Asking } from '../../contract/turn.ts'
import type { Notice } from '../../contract/notice.ts'

export interface Wanted {
  /** What has not been given yet; at least one. */
  readonly fields: readonly FormField[]
  /** The reply itself ends with the question; otherwise it gets a message of its own. */
  readonly onReply: boolean
  /** The question has more fields than these: the reply does not ask for one of them by itself. */
  readonly severalFields: boolean
  /** Stands above the fields: "A little more is needed …". */
  readonly title: string
  readonly chatKind: 'direct' | 'group'
  /** A page the person has to visit. */
  readonly link?: string
}
export interface Abilities {
  /** `Outbox.ask` is there. */
  readonly ask: boolean
  readonly limits: Pick<Limits, 'maxControls' | 'maxFormFields'>
}
export interface AskingPlan {
  readonly asking: Asking
  /** Below the reply. */
  readonly onReply: readonly Control[]
  readonly own?:
    | { readonly kind: 'form'; readonly form: Form }
    /** `lasting`: it can be edited later, to say what was answered. */
    | {
        readonly kind: 'words'
        readonly text: string
        readonly controls: readonly Control[]
        readonly lasting: boolean
      }
}

/** The value of a field that its person left out. */
export const SKIPPED = ''
/** What most platforms show at most; more is typed. */
const MANY_BUTTONS = 25
const LONGEST_PLACEHOLDER = 64

export function planAsking(
  wanted: Wanted,
  { ask, limits }: Abilities,
  say: (notice: Notice) => string,
  newToken: () => string,
): AskingPlan {
  const { fields, onReply, title } = wanted
  const [first] = fields
  const single = fields.length === 1 ? first : undefined
  const options = single === undefined ? [] : optionsOf(single, say)
  const link: readonly Control[] =
    wanted.link === undefined ? [] : [{ kind: 'link', url: wanted.link, label: say({ key: 'control.open' }) }]
  const fits = options.length + link.length <= (limits.maxControls ?? MANY_BUTTONS)
  if (options.length > 0 && fits && !wanted.severalFields) return asButtons(single, options, onReply)
  const isOneText = single?.kind === 'text' || single?.kind === 'long'
  const isAsked = onReply && !wanted.severalFields
  if (isAsked && isOneText && wanted.chatKind === 'direct' && limits.maxFormFields === undefined) {
    return { asking: { choices: [], field: single.name }, onReply: link }
  }
  if (ask && fields.some(({ kind }) => kind !== 'file')) {
    const formToken = newToken()
    const heading = title === '' ? say({ key: 'control.answer' }) : title
    const form = { token: formToken, title: heading, fields, submitLabel: say({ key: 'control.send' }) }
    return { asking: { choices: [], formToken }, onReply: link, own: { kind: 'form', form } }
  }
  if (limits.maxFormFields !== undefined) return asFormButton()
  return oneByOne()

  function asButtons(field: FormField | undefined, chosen: readonly Option[], below: boolean): AskingPlan {
    const choices = chosen.map(({ value, label }) => ({ token: newToken(), value, label }))
    const buttons = choices.map(({ token, label }): Control => ({ kind: 'choice', token, label }))
    const asking: Asking = {
      choices: choices.map(({ token, value }) => ({ token, value })),
      ...(field === undefined ? {} : { field: field.name }),
    }
    if (below) return { asking, onReply: [...link, ...buttons] }
    const text = above(field?.label ?? '')
    return {
      asking,
      onReply: [],
      own: { kind: 'words', text, controls: [...link, ...buttons], lasting: true },
    }
  }

  function asFormButton(): AskingPlan {
    const formToken = newToken()
    const button: Control = { kind: 'openForm', token: formToken, label: say({ key: 'control.answer' }) }
    const asking: Asking = {
      choices: [],
      formToken,
      ...(single === undefined ? {} : { field: single.name }),
    }
    if (onReply) return { asking, onReply: [...link, button] }
    const text = above(fields.map(({ label }) => `• ${label}`).join('\n'))
    return { asking, onReply: [], own: { kind: 'words', text, controls: [...link, button], lasting: true } }
  }

  function oneByOne(): AskingPlan {
    const field = first
    if (field === undefined) return { asking: { choices: [] }, onReply: link }
    const buttons = optionsOf(field, say)
    const skip: readonly Option[] = field.required
      ? []
      : [{ value: SKIPPED, label: say({ key: 'control.skip' }) }]
    const all = link.length + buttons.length + skip.length
    const pressed = all <= (limits.maxControls ?? MANY_BUTTONS) ? buttons : []
    if (pressed.length + skip.length > 0) return asButtons(field, [...pressed, ...skip], false)
    const listed = buttons.map(({ label }, n) => `${n + 1}. ${label}`).join('\n')
    const text = [above(field.label), listed].filter((each) => each !== '').join('\n')
    const placeholder = field.label.slice(0, LONGEST_PLACEHOLDER).toWellFormed()
    const reply: Control = { kind: 'reply', placeholder }
    return {
      asking: { choices: [], field: field.name },
      onReply: link,
      own: { kind: 'words', text, controls: [reply], lasting: false },
    }
  }

  /** What it is for stands above the question, unless the reply said it already. */
  function above(text: string): string {
    const said = onReply || title === '' || title === text ? text : `${title}\n${text}`
    return said.trim() === '' ? say({ key: 'control.answer' }) : said
  }
}

interface Option {
  readonly value: string
  readonly label: string
}

/** What buttons could stand for. */
function optionsOf({ kind, choices }: FormField, say: (notice: Notice) => string): readonly Option[] {
  if (kind === 'choice') return choices ?? []
  if (kind !== 'boolean') return []
  return [
    { value: 'true', label: say({ key: 'ask.yes' }) },
    { value: 'false', label: say({ key: 'ask.no' }) },
  ]
}
