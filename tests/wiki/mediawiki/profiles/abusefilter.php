<?php
// The filters are in the database: see `template.php`.
wfLoadExtension( 'AbuseFilter' );
// A filter that matches often is switched off for a while.
$wgAbuseFilterEmergencyDisableCount['default'] = 1000000;
