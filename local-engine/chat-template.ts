import type { JinjaModule } from './llama-module.ts'
import { WireFault } from './wire-fault.ts'

export type TemplateMessage = { role: string; content: string }

export type TemplateRequest = {
  messages: readonly TemplateMessage[]
  addGenerationPrompt: boolean
  continueFinalMessage: boolean
  /** `chat_template_kwargs`. */
  variables?: Record<string, unknown>
}

export type ChatTemplate = { render(request: TemplateRequest): string }

/** What a file without a template is taken to speak. */
export const CHATML =
  "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"

/** Stands where the final message ends, so that what the template writes after it can be cut off. */
const END_MARK = '\u0000continue-here\u0000'

/**
 * The model's own template, as transformers renders it: the same messages always give the same
 * text, so an earlier turn's prompt and answer are the beginning of the next turn's prompt.
 */
export function createChatTemplate(options: {
  jinja: JinjaModule
  source: string
  bosToken: string
  eosToken: string
}): ChatTemplate {
  const { jinja, source, bosToken, eosToken } = options
  const template = new jinja.Template(source)
  const render = ({ messages, addGenerationPrompt, variables = {} }: TemplateRequest): string => {
    try {
      return template.render({
        ...variables,
        messages,
        add_generation_prompt: addGenerationPrompt,
        bos_token: bosToken,
        eos_token: eosToken,
      })
    } catch (error) {
      throw new WireFault({ message: error instanceof Error ? error.message : String(error) })
    }
  }
  return {
    render(request) {
      if (!request.continueFinalMessage) return render(request)
      const last = request.messages.at(-1)
      if (last === undefined) return render(request)
      const marked = { ...last, content: last.content + END_MARK }
      const text = render({ ...request, messages: [...request.messages.slice(0, -1), marked] })
      const end = text.indexOf(END_MARK)
      if (end >= 0) return text.slice(0, end)
      throw new WireFault({
        message:
          'continue_final_message is set but the final message does not appear in the chat after applying the chat template!',
      })
    },
  }
}
