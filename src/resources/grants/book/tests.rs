use super::*;

const PAIR: Pair = Pair { member_uin: 1, identity_id: 11 };

#[test]
fn a_member_whose_list_is_of_no_use_is_not_asked_again_however_often_the_other_list_changes() {
    let mut book = Book::default();
    let since = book.now();
    book.learn(Question::Member(1), since, Duration::ZERO, Reading::Member(Holdings::default()));
    for round in 0..ROUNDS_MAX {
        let demand = Demand { open: [PAIR].into(), round, ..Demand::default() };
        assert_eq!(book.answer(&demand, Duration::ZERO).open, [PAIR].into());
        let questions: Vec<Question> = book.questions([&demand].into_iter()).into_keys().collect();
        let Some(Question::Page { identity: 11, number }) = questions.first() else {
            panic!("{round}: {questions:?}")
        };
        let since = book.now();
        let items = (0..50).map(|index| (Some(1_000 + u64::from(round) * 50 + index), grant())).collect();
        let page = Page { number: *number, total: 100 + u64::from(round), items };
        book.learn(questions[0], since, Duration::ZERO, Reading::Page(page));
    }
    let demand = Demand { open: [PAIR].into(), round: ROUNDS_MAX, ..Demand::default() };
    assert_eq!(book.answer(&demand, Duration::ZERO).unclear, [PAIR].into(), "and there is an end to it");
}

fn grant() -> Grant {
    Grant { role_name: String::new(), standing: crate::reconcile::decide::Standing::Configured }
}
