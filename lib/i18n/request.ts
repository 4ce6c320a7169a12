import { cookies, headers } from 'next/headers'
import { getRequestConfig } from 'next-intl/server'
import { chooseLocale, type Locale } from './choose-locale'

const loaders: Record<Locale, () => Promise<{ default: object }>> = {
  en: () => import('./messages/en.json'),
  'zh-CN': () => import('./messages/zh-CN.json'),
}

/** No locale stands in an address: the reader's choice is a cookie, the browser's languages the default. */
export default getRequestConfig(async () => {
  const locale = chooseLocale({
    cookie: (await cookies()).get('locale')?.value,
    acceptLanguage: (await headers()).get('accept-language'),
  })
  return { locale, messages: (await loaders[locale]()).default }
})
