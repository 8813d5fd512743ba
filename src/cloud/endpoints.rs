//! Which product answers where: a URL for each product that a client calls.
//!
//! Knows no argument and no variable: whoever configures the client has read them. What one URL must be like
//! is in `endpoint.rs`.

use std::collections::BTreeMap;

use super::action::Product;
use super::endpoint::Endpoint;

/// The URLs of products. A call of a product that has none is an error of that call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Endpoints(BTreeMap<Product, Endpoint>);

impl Endpoints {
    /// Where `product` answers, if that was said.
    pub fn of(&self, product: Product) -> Option<&Endpoint> {
        self.0.get(&product)
    }
}

impl<const N: usize> From<[(Product, Endpoint); N]> for Endpoints {
    fn from(endpoints: [(Product, Endpoint); N]) -> Self {
        Self(endpoints.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::endpoint::Protocol;

    #[test]
    fn each_product_has_its_own_url() {
        let under = |product| (product, Endpoint::under("example.com", product, Protocol::Https).unwrap());
        let endpoints = Endpoints::from([Product::Organization, Product::Sts].map(under));
        let url = |product| endpoints.of(product).map(Endpoint::url);
        assert_eq!(url(Product::Organization), Some("https://organization.example.com/"));
        assert_eq!(url(Product::Sts), Some("https://sts.example.com/"));
        assert_eq!(Endpoints::from([under(Product::Sts)]).of(Product::Organization), None);
    }
}
