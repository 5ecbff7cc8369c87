//! What several subjects need: recorded cases, trees from their JSON form.

pub mod json_tree;
pub mod yaml_cases;
