/** A line of an OpenAI batch. */
export const writeRequest = (more: object = {}, body: object = {}) =>
  JSON.stringify({
    custom_id: 'r1',
    method: 'POST',
    url: '/v1/chat/completions',
    body: { model: 'm', messages: [{ role: 'user', content: 'a' }], ...body },
    ...more,
  })
