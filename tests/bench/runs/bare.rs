//! A provider that does nothing and answers at once: what the host takes for any provider, whatever it is
//! for. The program serves it when a host has started it in place of ours.

use std::process::ExitCode;

use terraform_provider_tencentcloud::ambient::{Env, ProcessEnv, SystemClock};
use terraform_provider_tencentcloud::framework::attribute::Attr;
use terraform_provider_tencentcloud::framework::diagnostic::Diagnostics;
use terraform_provider_tencentcloud::framework::model::{Model, model};
use terraform_provider_tencentcloud::framework::provider::Provider;
use terraform_provider_tencentcloud::framework::registry::Registry;
use terraform_provider_tencentcloud::framework::resource::{Change, Cx, Planned, Resource, StateSlot};
use terraform_provider_tencentcloud::framework::value::{Field, Number};
use terraform_provider_tencentcloud::plugin;
use terraform_provider_tencentcloud::provider::Config;
use terraform_provider_tencentcloud::resources::org_member_auth_identity::{
    MemberAuthIdentity, OrgMemberAuthIdentity,
};
use terraform_provider_tencentcloud::wire::Service;

/// The type with two plain attributes.
pub(crate) const PLAIN: &str = "tencentcloud_plain";

/// Whether a host has started this process as its plugin.
pub(crate) fn is_wanted() -> bool {
    ProcessEnv.var("TF_PLUGIN_MAGIC_COOKIE").is_some()
}

/// Serves the host until it has enough.
pub(crate) fn serve() -> ExitCode {
    let program = plugin::Program { name: "tencentcloud", version: "bare", usage: "" };
    plugin::run(program, [], &ProcessEnv, &SystemClock, |lifetime| {
        Service::new(Bare, lifetime.stop.clone(), lifetime.work.clone()).into_server()
    })
}

struct Bare;

impl Provider for Bare {
    const DESCRIPTION: &'static str = "";
    type Config = Config;
    type Data = ();

    async fn configure(&self, _: &str, _: Config, _: &mut Diagnostics) -> Result<(), Diagnostics> {
        Ok(())
    }

    fn register(registry: &mut Registry<()>) {
        registry.resource(Idle::<MemberAuthIdentity>::new());
        registry.resource(Idle::<Plain>::new());
    }
}

/// A resource type whose objects stay as they are.
struct Idle<M>(std::marker::PhantomData<fn() -> M>);

impl<M> Idle<M> {
    fn new() -> Self {
        Self(std::marker::PhantomData)
    }
}

/// The name of the type that a model belongs to.
trait Named: Model {
    const TYPE: &'static str;
}

impl Named for MemberAuthIdentity {
    const TYPE: &'static str = OrgMemberAuthIdentity::TYPE;
}

impl Named for Plain {
    const TYPE: &'static str = PLAIN;
}

impl<M: Named> Resource for Idle<M> {
    const TYPE: &'static str = M::TYPE;
    const DESCRIPTION: &'static str = "";
    type Data = ();
    type Model = M;

    fn plan(&self, _: &Change<M>, _: &mut Planned<M>) {}

    async fn create(&self, _: &Cx<'_, ()>, planned: M, state: &mut StateSlot<M>) -> Result<(), Diagnostics> {
        state.save(planned);
        Ok(())
    }

    async fn read(&self, _: &Cx<'_, ()>, prior: M) -> Result<Option<M>, Diagnostics> {
        Ok(Some(prior))
    }

    async fn update(
        &self,
        _: &Cx<'_, ()>,
        _: M,
        planned: M,
        state: &mut StateSlot<M>,
    ) -> Result<(), Diagnostics> {
        state.save(planned);
        Ok(())
    }

    async fn delete(&self, _: &Cx<'_, ()>, _: M, _: &mut StateSlot<M>) -> Result<(), Diagnostics> {
        Ok(())
    }
}

const ID: Attr<String> = Attr::computed("id", "");
const INPUT: Attr<Number> = Attr::required("input", "");

/// As little as a resource can have.
#[derive(Clone, Debug, Default, PartialEq)]
struct Plain {
    id: Field<String>,
    input: Field<Number>,
}

model!(Plain { id: ID, input: INPUT });
