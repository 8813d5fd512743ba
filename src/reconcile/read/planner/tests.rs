use super::*;
use crate::reconcile::GrantStatus;
use crate::reconcile::read::sweep::{Bounds, Sweep};

const PAIR: Pair = Pair { member_uin: 1, identity_id: 11 };

#[test]
fn a_member_whose_list_is_of_no_use_is_not_asked_again_however_often_the_other_list_changes() {
    let mut planner = ReadPlanner::new(50);
    let since = planner.now();
    planner.learn(Question::Member(1), since, Duration::ZERO, Reading::Member(Holdings::default()));
    for round in 0..ROUNDS_MAX {
        let demand = ReadDemand { open: [PAIR].into(), round, ..ReadDemand::default() };
        let answer = planner.answer(&demand, Duration::ZERO);
        if !answer.unclear.is_empty() {
            assert!(round > ROUNDS_BY_IDENTITY, "{round}: the list was given some chances");
            return;
        }
        assert_eq!(answer.open, [PAIR].into());
        let questions: Vec<Question> = planner.questions([&demand].into_iter()).into_keys().collect();
        let since = planner.now();
        let total = 100 + u64::from(round);
        let items = (0..50).map(|index| (Some(1_000 + u64::from(round) * 50 + index), grant()));
        let reading = match questions.first() {
            Some(Question::Page { identity: 11, number }) => {
                Reading::Page(Page { number: *number, total, items: items.collect() })
            }
            Some(Question::Sweep(11)) => {
                let mut sweep = Sweep::new(Bounds { page_size: 50, pages_max: PAGES_MAX });
                sweep.take(Some(total), items);
                sweep.end();
                Reading::Sweep(sweep)
            }
            _ => panic!("{round}: {questions:?}"),
        };
        planner.learn(questions[0], since, Duration::ZERO, reading);
    }
    panic!("there is no end to it");
}

fn grant() -> Grant {
    Grant { role_name: String::new(), status: GrantStatus::Configured }
}
