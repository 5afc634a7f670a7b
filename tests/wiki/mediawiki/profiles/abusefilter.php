<?php
// The filters are in the database: see `template.php`.
wfLoadExtension( 'AbuseFilter' );
