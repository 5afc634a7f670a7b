<?php
$wgLanguageCode = 'ml';
