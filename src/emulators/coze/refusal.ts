// How does the server say no?

/** Thrown by a rule; the server answers `{code,msg,detail}` with this HTTP status. */
export class Refusal extends Error {
  readonly code: number
  readonly status: number
  constructor(code: number, msg: string, status = 200) {
    super(msg)
    this.name = 'Refusal'
    this.code = code
    this.status = status
  }
}

/** A refusal of the workflow engine: Studio answers it with HTTP 200, where other refusals are 400. */
export class WorkflowRefusal extends Refusal {
  constructor(code: number, msg: string) {
    super(code, msg)
    this.name = 'WorkflowRefusal'
  }
}

export const badParameter = (what: string): Refusal => new Refusal(4000, `Request parameter error: ${what}`)

export const noSuch = (what: string, id: string): Refusal =>
  new Refusal(
    4200,
    `Requested resource ${what}=${id} does not exist. Please refer to https://coze.cn/docs/developer_guides/coze_error_codes for more information.`,
  )

export const wrongToken = (): Refusal =>
  new Refusal(
    4101,
    'The token you entered is incorrect. For more information, please refer to https://coze.cn/docs/developer_guides/authentication',
  )

/** Answered as an `error` event in a stream of its own. */
export class StudioStreamRefusal extends Error {
  readonly code = 103100001
  constructor() {
    super('agent not found or not accessible')
    this.name = 'StudioStreamRefusal'
  }
}
