<?php
$wgGroupPermissions['*']['createaccount'] = false;
