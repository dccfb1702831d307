"""What every page shares: who is acting, drawing a page, errors, headers, navigation, words and dates."""
