<?php
$wgPasswordPolicy['policies']['default']['MinimalPasswordLength'] = 10;
