<?php
$wgRateLimits['createaccount'] = [ 'ip' => [ 2, 60 ], 'newbie' => [ 2, 60 ] ];
