<?php
// Maintenance script: gives a freshly installed wiki its users and filters. Run by `install`.

use MediaWiki\Extension\AbuseFilter\AbuseFilterServices;
use MediaWiki\Extension\AbuseFilter\Filter\MutableFilter;
use MediaWiki\MediaWikiServices;

require_once $_SERVER['TEST_WIKI_HOME'] . '/mediawiki/maintenance/Maintenance.php';

class MakeTemplate extends Maintenance {

	public function execute() {
		$services = MediaWikiServices::getInstance();
		$admin = $services->getUserFactory()->newFromName( 'Admin' );
		$admin->setEmail( 'admin@example.org' );
		$admin->confirmEmail();
		$admin->saveSettings();

		$taken = $services->getUserFactory()->newFromName( 'Taken' );
		$taken->addToDatabase();
		$status = $taken->changeAuthenticationData( [
			'username' => 'Taken', 'password' => 'taken-secret-42', 'retype' => 'taken-secret-42',
		] );
		if ( !$status->isGood() ) {
			$this->fatalError( (string)$status );
		}

		$this->addFilter( $admin, 'Warned', 'warn', 'abusefilter-warning' );
		$this->addFilter( $admin, 'Refused', 'disallow', 'abusefilter-disallowed' );
	}

	private function addFilter( $admin, string $word, string $consequence, string $message ): void {
		$filter = MutableFilter::newDefault();
		$filter->setName( "Names with $word" );
		$filter->setGroup( 'default' );
		$filter->setRules( "action == 'createaccount' & accountname contains '$word'" );
		$filter->setActions( [ $consequence => [ $message ] ] );
		$status = AbuseFilterServices::getFilterStore()->saveFilter( $admin, null, $filter, MutableFilter::newDefault() );
		if ( !$status->isGood() ) {
			$this->fatalError( (string)$status );
		}
	}
}

$maintClass = MakeTemplate::class;
require_once RUN_MAINTENANCE_IF_MAIN;
