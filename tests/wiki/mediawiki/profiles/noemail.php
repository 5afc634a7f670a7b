<?php
$wgEnableEmail = false;
