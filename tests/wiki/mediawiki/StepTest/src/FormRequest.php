<?php

namespace StepTest;

use AllowDynamicProperties;
use RawMessage;

/** A request of forms.json. Its values become properties with the names of the fields. */
#[AllowDynamicProperties]
class FormRequest extends BaseRequest {

	/** @var array */
	private $description;

	public function __construct( array $description ) {
		$this->description = $description;
		$this->required = ( $description['optional'] ?? false ) ? self::OPTIONAL : self::REQUIRED;
	}

	public function getUniqueId() {
		return $this->description['id'];
	}

	public function getFieldInfo() {
		$fields = [];
		foreach ( $this->description['fields'] as $name => $field ) {
			if ( isset( $field['options'] ) ) {
				$field['options'] = array_map( static fn ( $label ) => new RawMessage( $label ), $field['options'] );
			}
			$fields[$name] = $field + [
				'label' => new RawMessage( $name ),
				'help' => wfMessage( 'steptest-help', $name ),
			];
		}
		return $fields;
	}

	/** A lenient request loads in any case, as those of some extensions do. It has the values that came. */
	public function loadFromSubmission( array $data ) {
		if ( !( $this->description['lenient'] ?? false ) ) {
			return parent::loadFromSubmission( $data );
		}
		foreach ( $this->getFieldInfo() as $name => $field ) {
			if ( isset( $data[$name] ) ) {
				$this->$name = $field['type'] === 'checkbox' ? true : $data[$name];
			}
		}
		return true;
	}
}
