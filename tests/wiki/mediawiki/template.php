<?php
// Maintenance script: gives a freshly installed wiki its users, filters and second factor. Run by `install`.

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
		$this->addFilter( $admin, 'Warned twice', 'warn', 'abusefilter-warning' );
		$this->addFilter( $admin, 'Refused twice', 'disallow', 'abusefilter-disallowed' );
		$this->addSecondFactor( $admin );
		$this->addBotPassword( $admin );
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

	/** Without effect unless the profile "oath" is in use. OATHAuth has only a web page for it. */
	private function addSecondFactor( $admin ): void {
		$key = [ 'secret' => 'JBSWY3DPEHPK3PXP', 'scratch_tokens' => [] ];
		$dbw = $this->getDB( DB_PRIMARY );
		if ( $dbw->tableExists( 'oathauth_users', __METHOD__ ) ) {
			$data = json_encode( [ 'keys' => [ $key ] ] );
			$dbw->insert( 'oathauth_users', [ 'id' => $admin->getId(), 'module' => 'totp', 'data' => $data ], __METHOD__ );
		} else {
			$dbw->insert( 'oathauth_types', [ 'oat_name' => 'totp' ], __METHOD__ );
			$dbw->insert( 'oathauth_devices', [
				'oad_user' => $admin->getId(), 'oad_type' => $dbw->insertId(), 'oad_data' => json_encode( $key ),
			], __METHOD__ );
		}
	}

	private function addBotPassword( $admin ): void {
		$bot = BotPassword::newUnsaved( [ 'user' => $admin, 'appId' => 'tests', 'grants' => [ 'basic', 'createaccount' ] ] );
		$factory = MediaWikiServices::getInstance()->getPasswordFactory();
		$status = $bot->save( 'insert', $factory->newFromPlaintext( 'botsecret0botsecret0botsecret000' ) );
		if ( !$status->isGood() ) {
			$this->fatalError( (string)$status );
		}
	}
}

$maintClass = MakeTemplate::class;
require_once RUN_MAINTENANCE_IF_MAIN;
