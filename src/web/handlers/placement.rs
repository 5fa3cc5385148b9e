//! `POST /placement`: a task card, a row menu, a toolbar, the left menu. The place decides what is shown; the way in is
//! the same as for the main page.

pub(in crate::web) use super::main_page::show_opened;
