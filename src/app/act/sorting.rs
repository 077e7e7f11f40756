//! Another order of the users, and of the findings through their users.

use crate::app::List;
use crate::app::layer::{Choice, Chooser, Layer, Pick};
use crate::app::list::Need;
use crate::app::state::State;
use crate::store::UserOrder;

pub(super) fn menu(state: &mut State) {
    let now = state.list(List::Users).order;
    let letter = |order| match order {
        UserOrder::Name => 'n',
        UserOrder::Upn => 'p',
        UserOrder::Location => 'l',
        UserOrder::Department => 'd',
        UserOrder::Severity => 's',
    };
    let choices = UserOrder::ALL
        .into_iter()
        .map(|order| {
            let note = if order == now { "now; again turns it around" } else { "" };
            Choice::new(order.as_str(), Pick::Order(order)).letter(letter(order)).note(note)
        })
        .collect();
    state.layers.push(Layer::Chooser(Chooser::menu("Sort users by", choices)));
}

pub(super) fn by(state: &mut State, order: UserOrder) {
    let list = state.list_mut(List::Users);
    list.reversed = list.order == order && !list.reversed;
    list.order = order;
    list.want(Need::Now);
}
